import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';

/** Runs a tool of ours with the terminal, hands signals on to it, and answers with its exit code. */
export async function runTool(root, tool, args) {
  const child = spawn(path.join(root, 'node_modules', '.bin', tool), args, { cwd: root, stdio: 'inherit' });
  const forward = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}
