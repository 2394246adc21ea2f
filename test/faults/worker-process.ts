import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerTask } from './notify-child.js';

/** A worker's process, so that it can die as processes do. */
export interface WorkerProcess {
  /** Every client has come to the point where the worker was told to stop. */
  stopped(): Promise<void>;
  goOn(): void;
  /** kill −9, and waits until it is dead. */
  kill(): Promise<void>;
  /** Rejects with what it wrote where it did not end well. */
  ended(): Promise<void>;
}

const program = fileURLToPath(new URL('./notify-child.js', import.meta.url));

export function startWorker(task: WorkerTask): WorkerProcess {
  const child: ChildProcess = fork(program, [JSON.stringify(task)], { silent: true });
  let output = '';
  child.stdout?.on('data', (text) => (output += String(text)));
  child.stderr?.on('data', (text) => (output += String(text)));
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  return {
    async stopped() {
      await Promise.race([
        once(child, 'message'),
        exit.then(([code]) => Promise.reject(new Error(`the worker ended early with ${code}: ${output}`))),
      ]);
    },
    goOn: () => void child.send('go on'),
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    async ended() {
      const [code] = await exit;
      if (code !== 0) throw new Error(`the worker ended with ${code}: ${output}`);
    },
  };
}
