import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { historyOf } from './history-file.js';
import { historiesOfThisRelease, recordedHistories } from './recorded-histories.js';

const replayedAs = 'low-balance:client:replayed';

interface Recorded {
  readonly events: { timerStartedEventAttributes?: { timerId?: string }; [attribute: string]: unknown }[];
}

describe('recorded histories', () => {
  const releases = {
    'the last release': recordedHistories(path.dirname(historiesOfThisRelease)),
    'this release': recordedHistories(historiesOfThisRelease),
  };

  it('are there of each release and for each kind of story', () => {
    assert.ok(releases['the last release'].length >= 10);
    const names = new Set(releases['this release'].map(({ name }) => name));
    for (const { name } of releases['the last release']) assert.ok(names.has(name), name);
    for (const name of ['a-look', 'a-client-that-a-look-woke', 'a-webhook-and-a-recovery', 'a-held-client'])
      assert.ok(names.has(name), name);
  });

  for (const [release, histories] of Object.entries(releases))
    for (const { name, file } of histories)
      it(`of ${release}: ${name} is replayed by the code as it is, and holds no address`, async () => {
        const text = readFileSync(file, 'utf8');
        await Worker.runReplayHistory(
          { workflowBundle: await workflowBundle() },
          historyOf(text),
          replayedAs,
        );
        const decoded = JSON.stringify(JSON.parse(text), (key, value: unknown) =>
          key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
        );
        assert.match(
          decoded,
          /clientId|after|examined/,
          'payloads are decoded, or the next assertion could not fail',
        );
        assert.doesNotMatch(decoded, /[\w.]+@[\w-]+\.(example|test)/);
      });

  it('of other commands would not be replayed', async () => {
    const { file } = releases['this release'].find(({ name }) => name === 'quiet')!;
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
    // As if the code that was recorded had begun with an activity in place of its local check.
    const other = {
      events: recorded.events.map((event) =>
        event['eventType'] === 'EVENT_TYPE_TIMER_STARTED'
          ? {
              ...event,
              eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
              timerStartedEventAttributes: undefined,
              activityTaskScheduledEventAttributes: { activityId: '1', activityType: { name: 'other' } },
            }
          : event,
      ),
    };
    await assert.rejects(
      Worker.runReplayHistory(
        { workflowBundle: await workflowBundle() },
        historyOf(JSON.stringify(other)),
        replayedAs,
      ),
    );
  });
});
