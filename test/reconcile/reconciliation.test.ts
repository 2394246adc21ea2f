import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { examineReconciliation } from '../../worker/reconciliation.js';

const minuteMs = 60_000;
const now = Date.parse('2026-11-24T12:00:00Z');
const ago = (minutes: number) => new Date(now - minutes * minuteMs);

interface Run {
  readonly id: string;
  readonly takenMinutesAgo: number;
  readonly status: string;
  /** Of the present run of its chain; as long ago as it was taken when unsaid. */
  readonly runMinutesAgo?: number;
  readonly taskAttempt?: number;
  readonly activity?: { readonly attempt: number; readonly message: string };
  readonly result?: object;
  /** The Schedule hears a moment later that it ended. */
  readonly listedAsRunning?: boolean;
}

/** A Temporal that answers for a Schedule of every 5 minutes and these runs of it. */
function aTemporal(runs: readonly Run[], state: object = { paused: false }, createdMinutesAgo = 600): Client {
  const actionOf = ({ id }: Run) => ({ workflow: { workflowId: id, firstExecutionRunId: `first-${id}` } });
  return {
    schedule: {
      getHandle: () => ({
        describe: () =>
          Promise.resolve({
            state,
            spec: { intervals: [{ every: 5 * minuteMs }] },
            info: {
              createdAt: ago(createdMinutesAgo),
              recentActions: runs.map((run) => ({
                takenAt: ago(run.takenMinutesAgo),
                action: actionOf(run),
              })),
              runningActions: runs
                .filter(({ status, listedAsRunning }) => status === 'RUNNING' || listedAsRunning)
                .map(actionOf),
            },
          }),
      }),
    },
    workflow: {
      getHandle: (workflowId: string) => {
        const run = runs.find(({ id }) => id === workflowId)!;
        return {
          describe: () =>
            Promise.resolve({
              workflowId,
              runId: `run-${run.id}`,
              status: { name: run.status },
              startTime: ago(run.runMinutesAgo ?? run.takenMinutesAgo),
              closeTime: ago(run.takenMinutesAgo - 1),
              raw: {
                pendingWorkflowTask: run.taskAttempt ? { attempt: run.taskAttempt } : null,
                pendingActivities: run.activity
                  ? [{ attempt: run.activity.attempt, lastFailure: { message: run.activity.message } }]
                  : [],
              },
            }),
          result: () => Promise.resolve(run.result ?? { refused: [] }),
        };
      },
    },
  } as unknown as Client;
}

const completed: Run = { id: 'r-1', takenMinutesAgo: 4, status: 'COMPLETED' };

describe('what is found of reconciliation', () => {
  it('nothing is wrong where the last one was completed, or where one runs', async () => {
    assert.deepEqual(await examineReconciliation(aTemporal([completed]), now), {
      completedAt: ago(4).getTime(),
      passedOver: [],
    });
    const running = { id: 'r-2', takenMinutesAgo: 29, status: 'RUNNING', taskAttempt: 1 };
    const found = await examineReconciliation(
      aTemporal([{ ...completed, takenMinutesAgo: 34 }, running]),
      now,
    );
    assert.deepEqual([found.problem, found.runningSince], [undefined, ago(29).getTime()]);
  });

  it('nothing is wrong before the first one is due', async () => {
    assert.equal((await examineReconciliation(aTemporal([], undefined, 8), now)).problem, undefined);
  });

  it('is by the time they began, also where the Schedule still lists one as running that was completed', async () => {
    const failed: Run = { id: 'r-1', takenMinutesAgo: 9, status: 'TIMED_OUT' };
    const temporal = aTemporal([
      failed,
      { id: 'r-2', takenMinutesAgo: 4, status: 'COMPLETED', listedAsRunning: true },
    ]);
    assert.deepEqual(await examineReconciliation(temporal, now), {
      completedAt: ago(4).getTime(),
      passedOver: [],
    });
  });

  it('when the last one was completed stays known where one failed since', async () => {
    const temporal = aTemporal([
      { ...completed, takenMinutesAgo: 9 },
      { id: 'r-2', takenMinutesAgo: 4, status: 'TIMED_OUT' },
    ]);
    const { completedAt, problem } = await examineReconciliation(temporal, now);
    assert.equal(completedAt, ago(9).getTime());
    assert.match(problem ?? '', /r-2\) ended as TIMED_OUT/);
  });

  it('the clients that the last one passed over are named', async () => {
    const refused = [{ clientId: '"x"', problem: 'client_id: expected at most 64 characters' }];
    const found = await examineReconciliation(aTemporal([{ ...completed, result: { refused } }]), now);
    assert.deepEqual(found.passedOver, refused);
  });

  const wrong: readonly (readonly [string, Client, RegExp, stuck?: boolean])[] = [
    [
      'none began for too long',
      aTemporal([{ ...completed, takenMinutesAgo: 11 }]),
      /no reconciliation began since 2026-11-24T11:49/,
    ],
    ['none ever began', aTemporal([], undefined, 60), /no reconciliation began since 2026-11-24T11:00/],
    [
      'it is paused',
      aTemporal([completed], { paused: true, note: 'by hand' }),
      /is paused: by hand\. Unpause it/,
    ],
    [
      'the last one timed out',
      aTemporal([{ ...completed, status: 'TIMED_OUT' }]),
      /\(r-1\) ended as TIMED_OUT at .*expected COMPLETED/,
    ],
    [
      'a run does not end',
      aTemporal([{ id: 'r-2', takenMinutesAgo: 31, status: 'RUNNING' }]),
      /r-2 has not ended since 2026-11-24T11:29.*: expected 30 minutes at most/,
      true,
    ],
    [
      'its task fails',
      aTemporal([{ id: 'r-2', takenMinutesAgo: 6, status: 'RUNNING', taskAttempt: 7 }]),
      /its workflow task failed 7 times/,
      true,
    ],
    [
      'its task began to fail',
      aTemporal([{ id: 'r-2', takenMinutesAgo: 2, status: 'RUNNING', taskAttempt: 7 }]),
      /its workflow task failed 7 times/,
    ],
    [
      'its activity fails',
      aTemporal([
        {
          id: 'r-2',
          takenMinutesAgo: 2,
          status: 'RUNNING',
          activity: { attempt: 9, message: "Table 'billing_client' doesn't exist" },
        },
      ]),
      /does not go on: Table 'billing_client' doesn't exist \(attempt 9\)/,
    ],
    [
      'its runs go on for ever',
      aTemporal([{ id: 'r-2', takenMinutesAgo: 361, runMinutesAgo: 1, status: 'RUNNING' }]),
      /goes on since 2026-11-24T05:59.*expected 6 hours at most\. A worker ends and replaces it/,
      true,
    ],
  ];
  for (const [name, client, problem, stuck = false] of wrong) {
    it(`${name}: it says so${stuck ? ', and the run is to be replaced' : ''}`, async () => {
      const found = await examineReconciliation(client, now);
      assert.match(found.problem ?? '', problem);
      assert.equal(found.stuck !== undefined, stuck);
    });
  }
});
