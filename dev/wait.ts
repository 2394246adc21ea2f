import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './processes.js';
import { StackError } from './progress.js';

/** Waits until something listens; throws StackError where the child ends first or `timeoutMs` is over. */
export async function waitForPort(child: Child, port: number, timeoutMs = 60_000): Promise<void> {
  let ended: string | undefined;
  void child.exited.then((sentence) => (ended = sentence));
  const deadline = Date.now() + timeoutMs;
  while (!(await answers(port))) {
    if (ended !== undefined) throw new StackError(ended);
    if (Date.now() > deadline)
      throw new StackError(`nothing answered on 127.0.0.1:${port} within ${timeoutMs / 1_000} s`);
    await pause(100);
  }
}

export function answers(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.setTimeout(2_000, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    function finish(result: boolean): void {
      socket.destroy();
      resolve(result);
    }
  });
}
