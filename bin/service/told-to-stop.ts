import type { Log } from '../../api/log.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves with the first signal that asks us to end. A second one does not wait for order. */
export function toldToStop(): Promise<string> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        // The kernel ends our children with us (process/bound-command.ts).
        if (told) process.exit(1);
        told = true;
        resolve(signal);
      });
    }
  });
}

/** An error nobody caught leaves us in a state nobody knows: say it, and end in order. */
export function onUncaught(log: () => Log | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (error: unknown): void => {
      log()?.error({ err: error }, 'an error that nobody caught ends the service');
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    process.on('uncaughtException', give);
    process.on('unhandledRejection', give);
  });
}
