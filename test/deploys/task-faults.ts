import proto from '@temporalio/proto';

const { TimeoutType } = proto.temporal.api.enums.v1;

export type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

/** When a worker was being stopped, epoch milliseconds. */
export interface Stop {
  readonly from: number;
  readonly until: number;
}

export interface TaskFault {
  readonly eventId: string;
  readonly fault: string;
}

/** Between the clocks of this process and of the dev server, and for an answer that was on its way. */
const slackMs = 50;

/**
 * Tasks that failed. Not one that waited for the stopped worker and went to another, never started; nor one that was
 * handed to a poll which the stopping worker had just given up, and that Temporal gives to another after 10 s.
 */
export function taskFaults(events: readonly HistoryEvent[], stops: readonly Stop[]): readonly TaskFault[] {
  return events.flatMap((event): readonly TaskFault[] => {
    const { workflowTaskFailedEventAttributes: failed, workflowTaskTimedOutEventAttributes: timedOut } =
      event;
    if (failed) return [faultOf(event, `failed: ${failed.failure?.message}`)];
    const activity = event.activityTaskStartedEventAttributes?.lastFailure;
    if (activity) return [faultOf(event, `activity retried: ${activity.message}`)];
    if (!timedOut || timedOut.timeoutType === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START) return [];
    const started = events.find(({ eventId }) => String(eventId) === String(timedOut.startedEventId));
    const { seconds, nanos } = started!.eventTime!;
    const startedAt = Number(seconds) * 1_000 + nanos! / 1e6;
    const amidStop = stops.some(
      ({ from, until }) => startedAt >= from - slackMs && startedAt <= until + slackMs,
    );
    return amidStop ? [] : [faultOf(event, `timed out, begun at ${startedAt}`)];
  });
}

function faultOf({ eventId }: HistoryEvent, fault: string): TaskFault {
  return { eventId: String(eventId), fault };
}
