import { readFileSync } from 'node:fs';

const EVERY_MS = 500;

/**
 * A signal to `npm` ends npm and perhaps its shell, and leaves us running with nobody to stop us. So we look whether those
 * who started us are still there, and tell ourselves to stop when they are not. Only under npm: whoever starts us
 * directly and goes away (nohup, a service manager) means us to stay.
 */
export function stopWhenNpmIsGone() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    // The shell between npm and us may outlive npm, so its parent counts as well.
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, EVERY_MS);
  timer.unref();
}

/** Undefined where there is no /proc. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
