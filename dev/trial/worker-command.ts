import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../settings/read-settings.js';

const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));

/** `low-balance worker` as a process of its own. */
export interface WorkerCommand {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** The exit status; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Resolves when it has written that it started; rejects where it ended before. */
  started(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Of the package in `folder`. Mails go nowhere unless `env` names a mailbox. */
export function startWorkerCommand(env: Environment, folder = packageFolder): WorkerCommand {
  return startWorkerProcess([path.join(folder, 'cli', 'low-balance.js'), 'worker'], env, folder);
}

/** Of any program of Node that writes `"worker started"` as a worker does. */
export function startWorkerProcess(
  program: readonly string[],
  env: Environment,
  folder = packageFolder,
): WorkerCommand {
  const child = spawn(process.execPath, program, {
    cwd: folder,
    env: {
      WORKER_HTTP_PORT: '0',
      SENDGRID_API_KEY: 'SG.very-secret',
      SENDGRID_BASE_URL: 'http://127.0.0.1:9',
      MAIL_FROM: 'no-reply@low-balance.example',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  // A test that crashes leaves no worker behind, which could find the servers of the next one.
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  void ended.then(() => process.off('exit', endWithUs));
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    async started() {
      const wrote = new Promise<void>((resolve) => {
        const look = () => out.includes('"worker started"') && resolve();
        child.stdout.on('data', look);
        look();
      });
      await Promise.race([
        wrote,
        ended.then((code) => Promise.reject(new Error(`the worker ended with ${code}: ${out}${err}`))),
      ]);
    },
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
