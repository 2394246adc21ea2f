import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Children of the stack. Each has its own process group, so that Ctrl-C reaches us first and we stop them in order. */
export interface Child {
  readonly pid: number;
  /** Resolves with a sentence when the child ended by itself. */
  readonly exited: Promise<string>;
  /** SIGTERM, and SIGKILL after the grace time. */
  stop(): Promise<void>;
}

const graceMs = 10_000;

// Reads process group ids; when the pipe closes, because its parent is gone however it died, ends those groups.
const guardSource = `
let text = '';
process.stdin.on('data', (chunk) => (text += chunk));
process.stdin.on('end', () => {
  const groups = new Set();
  for (const line of text.split('\\n')) {
    if (line.startsWith('+')) groups.add(Number(line.slice(1)));
    if (line.startsWith('-')) groups.delete(Number(line.slice(1)));
  }
  const signal = (name) => { for (const group of groups) try { process.kill(-group, name); } catch {} };
  signal('SIGTERM');
  if (groups.size === 0) process.exit(0);
  setTimeout(() => { signal('SIGKILL'); process.exit(0); }, 5000);
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
`;

let guard: ChildProcess | undefined;

function tellGuard(line: string): void {
  if (!guard) {
    guard = spawn(process.execPath, ['-e', guardSource], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    guard.unref();
    guard.stdin?.on('error', () => {});
    (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  }
  guard.stdin?.write(`${line}\n`);
}

/** Starts a program whose output goes to `logFile`. It never outlives this process, not even one ended by kill -9. */
export function startChild(command: string, args: readonly string[], logFile: string): Child {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${command} could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(`${command} ended with ${signal ?? `code ${code}`}; its log is ${logFile}`),
    );
  });
  const { pid } = child;
  if (pid === undefined) return { pid: -1, exited, stop: () => Promise.resolve() };
  tellGuard(`+${pid}`);
  let ended = false;
  child.once('exit', () => {
    ended = true;
    tellGuard(`-${pid}`);
  });
  return {
    pid,
    exited,
    async stop() {
      if (ended) return;
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}
