import { setMaxListeners } from 'node:events';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { playForReal } from '../../scenarios/play-for-real.js';
import type { Activities } from '../../activities/contract.js';
import type { Played, Story } from '../../scenarios/story.js';
import { createTimeSkippingEnvironment } from '../../dev/test-server.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { registerSearchAttributes } from '../../worker/search-attributes.js';
import { TimeLimitError, withinTime } from '../../worker/time-limit.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import type { Io } from './io.js';

/** Plays stories with the real workflow, one after another. */
export interface RealStages {
  play(story: Story): Promise<Played>;
  close(): Promise<void>;
}

type StageActivities = Omit<Activities, 'reconcile' | 'look'>;
type StageIo = Pick<Io, 'err' | 'env'>;

/** A story that takes longer stands still: no other takes more than some seconds, and on a busy machine some more. */
const standstillMs = 60_000;
const givingUpMs = 10_000;

/**
 * A time-skipping Temporal server with a worker. Where a story stands still, because the server waits for what will
 * never come, it is played once more on a fresh one.
 */
export async function openRealStage(io: StageIo): Promise<RealStages> {
  quietRuntime();
  let stage = await openStage(io);
  return {
    async play(story) {
      const played = await playInTime(stage, story);
      if (played) return played;
      io.err(`"${story.name}" stood still: playing it once more, on another server`);
      await inTime(stage.close(), standstillMs);
      stage = await openStage(io);
      const again = await playInTime(stage, story);
      if (!again) throw new Error(`"${story.name}" stood still twice, for ${standstillMs / 1_000} s each`);
      return again;
    },
    close: () => stage.close(),
  };
}

/** Undefined where the story stands still: it is given up, so that no call of it is tried again on a connection that is closed. */
async function playInTime(stage: Stage, story: Story): Promise<Played | undefined> {
  const giveUp = new AbortController();
  // Each call of a story listens to it.
  setMaxListeners(0, giveUp.signal);
  const playing = stage.play(story, giveUp.signal);
  const played = await inTime(playing, standstillMs);
  if (played) return played;
  giveUp.abort();
  await inTime(
    playing.catch(() => {}),
    givingUpMs,
  );
  return undefined;
}

/** Undefined where the work takes longer. */
async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  try {
    return await withinTime(work, limitMs);
  } catch (error) {
    if (error instanceof TimeLimitError) return undefined;
    throw error;
  }
}

interface Stage {
  /** Its calls end where the signal aborts. */
  play(story: Story, signal: AbortSignal): Promise<Played>;
  close(): Promise<void>;
}

async function openStage(io: StageIo): Promise<Stage> {
  const progress = { step: (message: string) => io.err(message) };
  const [environment, bundle] = await Promise.all([
    createTimeSkippingEnvironment({ env: io.env, progress }),
    workflowBundle(),
  ]);
  await registerSearchAttributes(environment.connection, 'default');
  let performed: StageActivities | undefined;
  const perform = (): StageActivities => {
    if (!performed) throw new Error('no story is being played');
    return performed;
  };
  const createWorker = (): Promise<Worker> =>
    Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowBundle: bundle,
      // Every task is replayed from the history: what is not deterministic fails, and another worker can go on at once.
      maxCachedWorkflows: 0,
      activities: {
        check: (input) => perform().check(input),
        replan: (clientId) => perform().replan(clientId),
        notify: (input) => perform().notify(input),
        withdraw: (input) => perform().withdraw(input),
        remember: (input) => perform().remember(input),
      } satisfies StageActivities,
    });
  let worker = await createWorker();
  let running = worker.run();
  let stories = 0;
  return {
    play(story, signal) {
      stories += 1;
      const stage = {
        environment,
        taskQueue,
        workflowId: watchWorkflowId(`scenario-${stories}`),
        perform: (activities: StageActivities) => void (performed = activities),
        startWorker() {
          running = worker.run();
        },
        async stopWorker() {
          worker.shutdown();
          await running;
          // Made ahead, so that starting it takes no time.
          worker = await createWorker();
        },
      };
      return environment.connection.withAbortSignal(signal, () => playForReal(story, stage));
    },
    async close() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await environment.teardown();
    },
  };
}

/** Temporal's own messages would stand between the results. Where a runtime is up already, it stays as it is. */
export function quietRuntime(): void {
  try {
    const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalStateError') throw error;
  }
}
