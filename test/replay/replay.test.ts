import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { historyOf } from './history-file.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { packageRoot } from '../../authoring/package-root.js';

const folder = path.join(packageRoot(), 'test', 'histories');

interface Recorded {
  readonly events: { timerStartedEventAttributes?: { timerId?: string }; [attribute: string]: unknown }[];
}

function read(name: string): Recorded {
  return JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Recorded;
}

describe('recorded histories', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

  it('are there for each kind of story', () => {
    assert.ok(names.length >= 8, names.join(', '));
  });

  for (const name of names) {
    it(`${name} is replayed by the code as it is`, async () => {
      await Worker.runReplayHistory(
        { workflowBundle: await workflowBundle() },
        historyOf(JSON.stringify(read(name))),
        'low-balance:client:replayed',
      );
    });

    it(`${name} holds no address`, () => {
      const decoded = JSON.stringify(read(name), (key, value: unknown) =>
        key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
      );
      assert.match(
        decoded,
        /clientId|after|examined/,
        'payloads are decoded, or the next assertion could not fail',
      );
      assert.doesNotMatch(decoded, /[\w.]+@[\w-]+\.example/);
    });
  }

  it('of other commands would not be replayed', async () => {
    const recorded = read('quiet.json');
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
        'low-balance:client:replayed',
      ),
    );
  });
});
