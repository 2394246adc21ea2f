import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { watchWorkflowId } from '../../worker/parts.js';
import { historyOf } from '../replay/history-file.js';
import { historiesOfThisRelease, recordedHistories } from '../replay/recorded-histories.js';

/** What only newer fields of profiles bring, and a look itself. */
const newerFieldsOnly = new Set(['a-look', 'new-kinds-of-rules']);
/** Runs that the last release cannot replay: they ended before their clients slept. */
const beyond = new Set([
  ...newerFieldsOnly,
  'a-client-started-again',
  'a-client-that-a-look-woke',
  'a-held-client',
  'a-missing-client',
  'a-new-run-by-signal',
  'muted-while-being-notified',
  'operators',
]);

/** Tests: going back, workers of the last release, built in that folder, find runs that they can go on with. */
export function replaysByLastRelease(release: () => string): void {
  for (const { name, file } of recordedHistories(historiesOfThisRelease)) {
    const can = beyond.has(name) ? 'cannot replay, and which is over' : 'replays';
    it(`a run of this release that the last one ${can}: ${name}`, async () => {
      const { events = [] } = historyOf(readFileSync(file, 'utf8'));
      const replayed = Worker.runReplayHistory(
        { workflowBundle: { codePath: path.join(release(), 'dist', 'workflow-bundle.js') } },
        { events },
        watchWorkflowId('replayed'),
      );
      if (!beyond.has(name)) return await replayed;
      await assert.rejects(replayed);
      if (!newerFieldsOnly.has(name))
        assert.ok(events!.at(-1)?.workflowExecutionContinuedAsNewEventAttributes, name);
    });
  }
}
