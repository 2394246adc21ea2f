import { stackStopping } from './errors.js';
import { endOfLog } from './log-tail.js';
import type { Progress } from './progress.js';
import type { RunningProcess } from './running-process.js';
import { messageOf } from '../domain/error-message.js';

export interface ServerStart<Started extends { readonly running: RunningProcess }> {
  /** What people call the server, as in "MySQL". */
  readonly name: string;
  readonly progress: Progress;
  /** Starts the server on ports chosen at each call. */
  readonly start: () => Promise<Started>;
  /** Resolves once the server answers; rejects after its patience, or soon after the server has ended. */
  readonly answer: (started: Started) => Promise<void>;
  /** The error to throw for what was found, a sentence without its full stop. */
  readonly failed: (found: string, cause: unknown) => Error;
}

const attempts = 2;

/**
 * Starts a server and waits until it answers. One that does not come up is started once more: another process may have
 * taken its port, and a busy machine may have made it late. Throws `stack-stopping`, or `failed` with what each attempt said.
 */
export async function startAnswering<Started extends { readonly running: RunningProcess }>(
  server: ServerStart<Started>,
): Promise<Started> {
  const { name, progress } = server;
  const reasons: string[] = [];
  for (;;) {
    const started = await server.start();
    try {
      await server.answer(started);
      return started;
    } catch (error) {
      const wasStopped = started.running.hasEnded && (await started.running.ended).expected;
      reasons.push(await reasonFor(started.running, error));
      await started.running.stop();
      if (wasStopped) throw stackStopping(name);
      if (reasons.length === attempts) throw server.failed(summaryOf(reasons), error);
      progress.step(`${name}: did not come up, and is started once more: ${reasons.at(-1)}`);
    }
  }
}

/** What is known: how the process ended or that it runs, what the last attempt to reach it met, and its log. */
async function reasonFor(running: RunningProcess, error: unknown): Promise<string> {
  const { hasEnded, logFile } = running;
  const end = hasEnded ? await running.ended : undefined;
  const how =
    end === undefined
      ? `process ${running.pid} runs and does not answer`
      : end.signal === null
        ? `it ended with exit status ${end.code}`
        : `it was ended by ${end.signal}`;
  const log = await endOfLog(logFile);
  const said = log === '' ? 'its log is empty' : `its log ends with\n${log}\n`;
  return `${how} (${messageOf(error)}); ${said}`;
}

function summaryOf(reasons: readonly string[]): string {
  const [first, last] = [reasons[0], reasons.at(-1)];
  if (first === last || first === undefined) return `the server did not start: ${last}`;
  return `the server did not start, twice. First: ${first.trimEnd()}\nThen: ${last}`;
}
