import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type ReplayHistoriesIterable, type WorkflowBundleOption } from '@temporalio/worker';
import { putClient, putProfile, startRealServers, type RealServers } from '../dev/trial/real-servers.js';
import { taskQueue, watchWorkflowId } from '../worker/parts.js';
import { workflowBundle } from '../worker/workflow-bundle.js';
import { bundleBareWorkflows, startBareWorker } from './bare-worker.js';
import { ratioOf, type Measured, type Ratio, type Series } from './measured.js';

type History = Awaited<
  ReturnType<ReturnType<RealServers['client']['workflow']['getHandle']>['fetchHistory']>
>;

/** Past checks of a run: of a client that sleeps long, and of one that wakes often. */
const lengths = [10, 30] as const;
/** A replay of ours over one of a bare loop with as many past checks. */
const mostOverBare = 1.25;
const replaysAtOnce = 25;

interface Recorded {
  readonly name: string;
  readonly workflowId: string;
  readonly history: History;
  readonly bundle: WorkflowBundleOption;
}

/**
 * What waking a client costs that is no longer in a worker's memory, above one that is: its run is replayed. CPU of this process, in pairs
 * with a bare loop of as many past checks. No server takes part, so that little else disturbs it.
 */
export async function replays(rounds: number): Promise<Measured> {
  const recorded = await recordAll();
  const found = new Map(recorded.map((each) => [each.name, [] as number[]]));
  for (const each of recorded) await cpuOf(each, 2);
  for (let round = 0; round < rounds; round += 1) {
    // There and back, so that no side is always the first.
    for (const each of round % 2 === 0 ? recorded : recorded.toReversed()) {
      // What a worker's start costs is taken off.
      const start = await cpuOf(each, 1);
      found.get(each.name)!.push(((await cpuOf(each, 1 + replaysAtOnce)) - start) / replaysAtOnce);
    }
  }
  const series = (name: string): Series => ({ side: name, unit: 'ms', rounds: found.get(name)! });
  return {
    bench: 'the replay of a run',
    how: `CPU of the process that replays, a run; ${rounds} rounds in turns of ${replaysAtOnce} replays each, of histories that a dev server has just written`,
    series: recorded.map(({ name }) => series(name)),
    ratios: [
      ...lengths.map((length): Ratio => ({
        ...ratioOf(series(nameOf('quiet', length)), series(nameOf('bare', length))),
        atMost: mostOverBare,
      })),
      ratioOf(series(nameOf('rich', lengths[0])), series(nameOf('quiet', lengths[0]))),
    ],
    figures: [],
  };
}

const nameOf = (kind: 'quiet' | 'rich' | 'bare', length: number) =>
  `${{ quiet: 'watchClient', rich: 'watchClient with four rules', bare: 'bare loop' }[kind]}, ${length} checks`;

/** Runs of each kind and length, up to where they sleep after so many checks. */
async function recordAll(): Promise<readonly Recorded[]> {
  const servers = await startRealServers({ quiet: true });
  try {
    await putProfile(servers.database, 'quiet', { period: '1s', threshold: 10 });
    await putProfile(servers.database, 'rich', { period: '1s', threshold: 10, more: richRules });
    const ours = await workflowBundle();
    const bare = await bundleBareWorkflows();
    const kinds = [
      ...lengths.map((length) => ({ kind: 'quiet' as const, length })),
      { kind: 'rich' as const, length: lengths[0] },
    ];
    const worker = await servers.startWorker();
    const watched = await Promise.all(
      kinds.map(async ({ kind, length }) => {
        const clientId = `${kind}-${length}`;
        await putClient(servers.database, clientId, '500', `acme/${kind}`);
        const workflowId = watchWorkflowId(clientId);
        const history = await firstRun(servers, 'watchClient', workflowId, length, {
          clientId,
          checksPerRun: length,
        });
        return { name: nameOf(kind, length), workflowId, history, bundle: ours };
      }),
    );
    await worker.stop();
    const bareWorker = await startBareWorker(servers, bare);
    const loops = await Promise.all(
      lengths.map(async (length) => {
        const workflowId = `bare-${length}`;
        const input = { clientId: workflowId, periodMs: 1_000, wakesPerRun: length };
        const history = await firstRun(servers, 'bareLocal', workflowId, length, input);
        return { name: nameOf('bare', length), workflowId, history, bundle: bare };
      }),
    );
    await bareWorker.stop();
    return [...watched, ...loops];
  } finally {
    await servers.stop();
  }
}

const richRules = {
  userNotification: { threshold: 100, notify: true },
  advancedRules: [
    { name: 'dormant', threshold: 5, inactivity: '30d', notify: true },
    { name: 'three-days', threshold: { lasts: '3d' }, notify: true },
  ],
};

async function firstRun(
  { client }: RealServers,
  type: string,
  workflowId: string,
  seconds: number,
  input: object,
): Promise<History> {
  const started = await client.workflow.start(type, { workflowId, taskQueue, args: [input] });
  const first = client.workflow.getHandle(workflowId, started.firstExecutionRunId);
  await sleep(seconds * 1_000);
  while ((await first.describe()).status.name === 'RUNNING') await sleep(200);
  return await first.fetchHistory();
}

async function cpuOf({ workflowId, history, bundle }: Recorded, times: number): Promise<number> {
  const before = process.cpuUsage();
  const histories: ReplayHistoriesIterable = Array.from({ length: times }, () => ({ workflowId, history }));
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: bundle }, histories))
    if (error) throw error;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
