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

  /** Has this run of the process printed this? */
  said(sentence: string): boolean {
    return this.#lines.some((line) => line.includes(sentence));
  }

  /** The last words of a process that ended by itself, which no drill expects; undefined while all is well. */
  lastWords(): string | undefined {
    if (this.#child === undefined || this.#lives()) return undefined;
    return `${this.#name} has ended by itself:\n${this.#lines.join('\n')}`;
  }

  #lives(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
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
    if (child === undefined || !this.#lives()) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}
