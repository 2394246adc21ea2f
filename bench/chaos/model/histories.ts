import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { watchWorkflowId } from '../../../worker/parts.js';

type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;
const { EventType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** What a client's workflow did and heard, in the order of its histories. Instants are epoch milliseconds. */
export type Step =
  | {
      readonly kind: 'started';
      readonly at: number;
      readonly runId: string;
      readonly continued: boolean;
      /** Of the whole run. */
      readonly events?: number;
    }
  | { readonly kind: 'refill'; readonly at: number; readonly refillAt: number }
  | { readonly kind: 'asked'; readonly at: number; readonly what: string }
  | {
      readonly kind: 'checked';
      /** When the check began: a quick attempt may have failed before the one that answered. */
      readonly begunAt: number;
      /** When the attempt that answered was asked for, and when it did. */
      readonly from: number;
      readonly at: number;
      /** The workflow's time when it heard the answer of a local activity: it lags behind where a worker is slow. */
      readonly heardAt: number;
      readonly result: CheckedResult;
    }
  | { readonly kind: 'telling'; readonly at: number; readonly input: TellingInput }
  | {
      readonly kind: 'told';
      readonly at: number;
      readonly checkAt: number;
      readonly told: ToldResult;
      /** The workflow was stopped meanwhile: the ledger says so, and not its history. */
      readonly byLedger?: true;
    }
  | { readonly kind: 'gaveUp'; readonly at: number; readonly checkAt: number }
  | { readonly kind: 'ended'; readonly at: number; readonly how: string }
  /** A worker did not answer a workflow task in time. */
  | { readonly kind: 'taskLost'; readonly at: number }
  | { readonly kind: 'taskFailed'; readonly at: number; readonly cause: string };

export interface CheckedResult {
  readonly kind: 'checked' | 'unreadable' | 'ended';
  readonly profile?: { readonly id: string; readonly version: number };
  readonly availableBalance?: string;
  readonly lastRefillAt?: number | null;
  /** When that was read, where the refill came after the check began. */
  readonly readAt?: number;
  /** What the check stood for; absent in histories of older versions. */
  readonly instant?: number;
  readonly decisions?: readonly {
    readonly rule: string;
    readonly reason: string;
    /** The limit. */
    readonly threshold?: string;
  }[];
}

export interface TellingInput {
  readonly checkAt: number;
  readonly deadlineAt: number;
  readonly rules: readonly { readonly key: string }[];
  readonly recovered?: readonly { readonly key: string }[];
}

export interface ToldResult {
  readonly accepted: readonly {
    readonly rules: readonly string[];
    readonly recovered?: readonly string[];
    readonly at: number;
  }[];
  readonly failed: readonly unknown[];
}

/** All steps of a client, over its runs. */
export async function stepsOf(client: Client, clientId: string): Promise<readonly Step[]> {
  const runs = await runsOf(client, clientId);
  return runs.flatMap(({ runId, events }) => stepsOfRun(events, runId));
}

/** The events of a client between two instants, one line each: when, what, and which attempt it was where that is known. */
export async function eventsBetween(
  client: Client,
  clientId: string,
  from: number,
  until: number,
): Promise<readonly string[]> {
  const runs = await runsOf(client, clientId);
  return runs
    .flatMap(({ events }) => events)
    .filter(({ eventTime }) => millisecondsOf(eventTime) >= from && millisecondsOf(eventTime) <= until)
    .map((event) => {
      const attempt = event.activityTaskStartedEventAttributes?.attempt ?? 1;
      const failure = event.activityTaskStartedEventAttributes?.lastFailure?.message;
      return [
        new Date(millisecondsOf(event.eventTime)).toISOString(),
        EventType[event.eventType ?? 0],
        ...(attempt > 1 ? [`attempt ${attempt}, after: ${failure}`] : []),
      ].join(' ');
    });
}

async function runsOf(
  client: Client,
  clientId: string,
): Promise<readonly { readonly runId: string; readonly events: readonly HistoryEvent[] }[]> {
  const workflowId = watchWorkflowId(clientId);
  const runs: { runId: string; startTime: Date }[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) runs.push(run);
  runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const histories: { runId: string; events: readonly HistoryEvent[] }[] = [];
  for (const { runId } of runs) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push({ runId, events: events ?? [] });
  }
  return histories;
}

/** The steps of one run. */
export function stepsOfRun(events: readonly HistoryEvent[], runId: string): readonly Step[] {
  const scheduled = new Map<string, { type: string; input: unknown; at: number }>();
  let triedAt: number | undefined;
  const taskStarts: number[] = [];
  let taskCompletedAt = 0;
  return events.flatMap((event): Step[] => {
    const at = millisecondsOf(event.eventTime);
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- only some of Temporal's events are of interest
    switch (event.eventType) {
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: {
        const { continuedExecutionRunId } = event.workflowExecutionStartedEventAttributes!;
        const continued = (continuedExecutionRunId ?? '') !== '';
        return [{ kind: 'started', at, runId, continued, events: events.length }];
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: {
        const { signalName, input } = event.workflowExecutionSignaledEventAttributes!;
        // What comes while a task runs is heard after it, though it is dated before.
        const heardAt = Math.max(at, taskCompletedAt);
        return [asked(heardAt, signalName ?? '', jsonOf(input?.payloads?.[0]))];
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: {
        const { acceptedRequest } = event.workflowExecutionUpdateAcceptedEventAttributes!;
        return [{ kind: 'asked', at, what: acceptedRequest?.input?.name ?? '' }];
      }
      case EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
        taskStarts.push(at);
        return [];
      case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
        taskCompletedAt = at;
        return [];
      case EventType.EVENT_TYPE_MARKER_RECORDED: {
        const { markerName, details = {} } = event.markerRecordedEventAttributes!;
        if (markerName !== 'core_local_activity') return [];
        const data = jsonOf(details!['data']?.payloads?.[0]) as {
          activity_type: string;
          original_schedule_time?: MarkerTime;
          complete_time?: MarkerTime;
        };
        const result = details!['result']?.payloads?.[0];
        if (data.activity_type !== 'check') return [];
        const from = instantOf(data.original_schedule_time) ?? at;
        if (!result) {
          triedAt = from;
          return [];
        }
        const heardAt = Math.max(taskStarts.at(-1) ?? 0, instantOf(data.complete_time) ?? at);
        // A check decides by its workflow's time, also where the worker stood still before it read.
        const begunAt = taskStarts.findLast((startedAt) => startedAt <= from) ?? from;
        return [{ kind: 'checked', begunAt, from, at, heardAt, result: jsonOf(result) as CheckedResult }];
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
        const { activityType, input } = event.activityTaskScheduledEventAttributes!;
        const name = activityType?.name ?? '';
        const given = jsonOf(input?.payloads?.[0]);
        scheduled.set(String(event.eventId), { type: name, input: given, at });
        return name === 'notify' ? [{ kind: 'telling', at, input: given as TellingInput }] : [];
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
        const { scheduledEventId, result } = event.activityTaskCompletedEventAttributes!;
        const activity = scheduled.get(String(scheduledEventId))!;
        const answer = jsonOf(result?.payloads?.[0]);
        if (activity.type === 'check') {
          const begunAt = triedAt ?? activity.at;
          triedAt = undefined;
          return [
            { kind: 'checked', begunAt, from: activity.at, at, heardAt: at, result: answer as CheckedResult },
          ];
        }
        const { checkAt } = activity.input as { checkAt: number };
        return activity.type === 'notify' || activity.type === 'withdraw'
          ? [{ kind: 'told', at, checkAt, told: answer as ToldResult }]
          : [];
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
      case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
      case EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED: {
        const attributes =
          event.activityTaskFailedEventAttributes ??
          event.activityTaskTimedOutEventAttributes ??
          event.activityTaskCanceledEventAttributes!;
        const activity = scheduled.get(String(attributes.scheduledEventId))!;
        return activity.type === 'notify'
          ? [{ kind: 'gaveUp', at, checkAt: (activity.input as TellingInput).checkAt }]
          : [];
      }
      case EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        return [{ kind: 'taskLost', at }];
      case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED: {
        const cause = event.workflowTaskFailedEventAttributes?.cause ?? 0;
        return [{ kind: 'taskFailed', at, cause: WorkflowTaskFailedCause[cause] ?? String(cause) }];
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        return [{ kind: 'ended', at, how: 'completed' }];
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        return [{ kind: 'ended', at, how: 'failed' }];
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
        return [{ kind: 'ended', at, how: 'terminated' }];
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        return [{ kind: 'ended', at, how: 'cancelled' }];
      default:
        return [];
    }
  });
}

/** A time in the details of a local activity's marker. */
interface MarkerTime {
  readonly seconds: number;
  readonly nanos: number;
}

function instantOf(time: MarkerTime | undefined): number | undefined {
  return time && time.seconds * 1_000 + time.nanos / 1e6;
}

function asked(at: number, what: string, message: unknown): Step {
  if (what !== 'refill') return { kind: 'asked', at, what };
  return { kind: 'refill', at, refillAt: Date.parse((message as { at: string }).at) };
}

function jsonOf(payload: proto.temporal.api.common.v1.IPayload | null | undefined): unknown {
  return payload?.data ? (JSON.parse(Buffer.from(payload.data).toString('utf8')) as unknown) : undefined;
}

function millisecondsOf(time: proto.google.protobuf.ITimestamp | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6);
}
