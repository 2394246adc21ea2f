import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Starved, Truth } from './model/truth.js';

const program = fileURLToPath(new URL('./machine-probe-child.js', import.meta.url));
/** Less than this of a beat is what any machine does. */
const noticedMs = 5;

/**
 * Notes for how long a program that wants the CPU does not get it, measured by a process of its own: what else the machine has to do,
 * the run's own servers too, makes checks late that no fault made late. Answers how to end it. It does not see a slow disk.
 */
export function probeMachine(truth: Truth): () => Promise<void> {
  const child = fork(program, { stdio: 'ignore' });
  child.on('message', (starved: Starved) => {
    if (starved.ms > noticedMs) truth.starved.push(starved);
  });
  // A run that fails does not wait for it.
  child.unref();
  child.channel?.unref();
  return async () => {
    const ended = once(child, 'exit');
    child.ref();
    child.kill();
    await ended;
  };
}
