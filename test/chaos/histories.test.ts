import assert from 'node:assert/strict';
import proto from '@temporalio/proto';
import { stepsOfRun, type Step } from '../../bench/chaos/model/histories.js';

const { EventType } = proto.temporal.api.enums.v1;
type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

const secondsAndNanos = (ms: number) => ({ seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1e6 });
const payloadsOf = (value: unknown) => ({ payloads: [{ data: Buffer.from(JSON.stringify(value)) }] });

function event(at: number, name: keyof typeof EventType, more: HistoryEvent = {}): HistoryEvent {
  const { seconds, nanos } = secondsAndNanos(at);
  return {
    eventTime: { seconds: seconds as unknown as Long, nanos },
    eventType: EventType[name],
    ...more,
  };
}

/** A check whose local activity was scheduled and answered at these times. */
const checkMarker = (at: number, scheduledAt: number, answeredAt: number): HistoryEvent =>
  event(at, 'EVENT_TYPE_MARKER_RECORDED', {
    markerRecordedEventAttributes: {
      markerName: 'core_local_activity',
      details: {
        data: payloadsOf({
          activity_type: 'check',
          original_schedule_time: secondsAndNanos(scheduledAt),
          complete_time: secondsAndNanos(answeredAt),
        }),
        result: payloadsOf({ kind: 'checked' }),
      },
    },
  });

const checksOf = (events: readonly HistoryEvent[]) =>
  stepsOfRun(events, 'run').filter(
    (step): step is Extract<Step, { kind: 'checked' }> => step.kind === 'checked',
  );

describe('what chaos reads of a history', () => {
  it('a check begins with its workflow task', () => {
    const [check] = checksOf([
      event(1_000, 'EVENT_TYPE_WORKFLOW_TASK_STARTED'),
      event(1_050, 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED'),
      event(5_000, 'EVENT_TYPE_WORKFLOW_TASK_STARTED'),
      event(5_100, 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED'),
      checkMarker(5_100, 5_010, 5_090),
    ]);
    assert.deepEqual(check && { ...check, result: undefined }, {
      kind: 'checked',
      begunAt: 5_000,
      from: 5_010,
      at: 5_100,
      heardAt: 5_090,
      result: undefined,
    });
  });

  it('also where its worker stood still before it scheduled the check, and asked for more time', () => {
    const [check] = checksOf([
      event(1_000, 'EVENT_TYPE_WORKFLOW_TASK_STARTED'),
      event(9_310, 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED'),
      event(9_310, 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED'),
      event(9_310, 'EVENT_TYPE_WORKFLOW_TASK_STARTED'),
      event(9_600, 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED'),
      checkMarker(9_600, 9_290, 9_500),
    ]);
    assert.deepEqual(
      check && [check.begunAt, check.from, check.heardAt, check.at],
      [1_000, 9_290, 9_500, 9_600],
    );
  });
});
