import proto from '@temporalio/proto';

export type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

const messageCame =
  proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;

export interface TaskFault {
  readonly eventId: string;
  readonly fault: string;
}

/**
 * Workflow tasks and activities that failed: a replay that differs is one. Not those that ran out of time, because their worker was stopped or the machine
 * was busy: Temporal gives them to another. Nor those whose commands it did not take because a message had come meanwhile, which is how
 * it keeps a run from ending before it has seen the message: they are done again with it.
 */
export function taskFaults(events: readonly HistoryEvent[]): readonly TaskFault[] {
  return events.flatMap((event): readonly TaskFault[] => {
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed?.cause === messageCame) return [];
    if (failed) return [faultOf(event, `failed: ${failed.failure?.message}`)];
    const activity = event.activityTaskStartedEventAttributes?.lastFailure;
    return activity && !activity.timeoutFailureInfo
      ? [faultOf(event, `activity retried: ${activity.message}`)]
      : [];
  });
}

function faultOf({ eventId }: HistoryEvent, fault: string): TaskFault {
  return { eventId: String(eventId), fault };
}

/**
 * What a worker's log says of faults. Not what the SDK's core says of tasks that Temporal hands out twice while a sticky worker goes
 * and another comes: it passes over the second, and what comes of a task stands in the history.
 */
export function loggedFaults(log: string): readonly string[] {
  return log
    .split('\n')
    .filter(
      (line) => /"level":(50|60|"error"|"fatal")/.test(line) && !line.includes('"sdkComponent":"core"'),
    );
}
