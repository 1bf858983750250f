import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Enough to see why a process did not come up. */
const LINES_KEPT = 60;

/** One process of the service, killed and started again as often as wanted. */
export class ServiceProcess {
  readonly #env: NodeJS.ProcessEnv;
  readonly #name: string;
  #child: ChildProcess | undefined;
  #lines: string[] = [];

  constructor(name: string, env: NodeJS.ProcessEnv) {
    this.#name = name;
    this.#env = env;
  }

  start(): void {
    this.#lines = [];
    const child = spawn(process.execPath, ['--import', 'tsx', 'bin/serve.ts'], {
      cwd: ROOT,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (piece: Buffer): void => {
      this.#lines = [...this.#lines, ...piece.toString('utf8').split('\n')].slice(-LINES_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#child = child;
  }

  /** Has this run of the process printed this, and does it still live? */
  said(sentence: string): boolean {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null)
      throw new Error(`${this.#name} has ended:\n${this.#lines.join('\n')}`);
    return this.#lines.some((line) => line.includes(sentence));
  }

  /** As a power cut would: no signal that it could hear. Resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}
