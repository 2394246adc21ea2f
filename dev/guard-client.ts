import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import path from 'node:path';
import type { GuardMessage } from './guard-protocol.js';

let tell: ((message: GuardMessage) => void) | undefined;

function startGuard(): (message: GuardMessage) => void {
  const guard = spawn(process.execPath, [path.join(import.meta.dirname, 'guard.js')], {
    // A session of its own, so that no Ctrl-C and no closing terminal reaches it.
    detached: true,
    // The root folder, so that it holds no folder that someone wants to unmount or delete.
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const pipe = guard.stdin;
  guard.on('error', () => {});
  pipe.on('error', () => {});
  guard.unref();
  if (pipe instanceof Socket) pipe.unref();
  return (message) => {
    pipe.write(`${JSON.stringify(message)}\n`);
  };
}

/** Registers with this process's guard, which is started where it does not run yet. */
export function tellGuard(message: GuardMessage): void {
  tell ??= startGuard();
  tell(message);
}
