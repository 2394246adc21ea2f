import { continueAsNew, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type {
  Activities,
  ReconcileCursor,
  ReconcileReason,
  ReconcileResult,
} from '../activities/contract.js';
import { reconcileDetails } from './details.js';
import { Unreadable } from './unreadable.js';
import type { ReconcileSums } from './reconcile-sums.js';

export interface ReconcileClientsInput {
  readonly from?: ReconcileCursor;
  readonly sums?: ReconcileSums;
}

/** Activities of one run: its history stays small however many clients change. */
const activitiesPerRun = 50;
const changesShown = 20;

const { reconcile } = proxyActivities<Pick<Activities, 'reconcile'>>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/** Sees to it that every client with a profile is watched, and that those without one stop. Runs on a Schedule. */
export async function reconcileClients(input?: ReconcileClientsInput): Promise<ReconcileSums> {
  // Only a run hands something to the next one: what somebody else starts it with is passed over (rule 24).
  const handedOver = workflowInfo().continuedFromExecutionRunId === undefined ? undefined : input;
  if (handedOver instanceof Unreadable) throw new Error(`this run cannot go on: ${handedOver.reason}`);
  let sums = handedOver?.sums ?? nothingDone;
  let from = handedOver?.from;
  for (let done = 0; done < activitiesPerRun; done += 1) {
    const result = await reconcile(from === undefined ? {} : { from });
    sums = add(sums, result);
    setCurrentDetails(reconcileDetails(sums, result.next));
    if (result.next === undefined) return sums;
    from = result.next;
  }
  return await continueAsNew<typeof reconcileClients>({ ...(from ? { from } : {}), sums });
}

const nothingDone: ReconcileSums = {
  examined: 0,
  started: 0,
  woken: 0,
  reasons: {},
  some: [],
  refused: [],
};

/** Results and sums of older versions name everybody they passed over. */
function refusedCount({
  refused,
  refusedCount: count,
}: Pick<ReconcileResult, 'refused' | 'refusedCount'>): number {
  return count ?? refused.length;
}

function add(sums: ReconcileSums, result: ReconcileResult): ReconcileSums {
  const reasons: Partial<Record<ReconcileReason, number>> = { ...sums.reasons };
  for (const [reason, count] of Object.entries(result.reasons) as [ReconcileReason, number][]) {
    reasons[reason] = (reasons[reason] ?? 0) + count;
  }
  return {
    examined: sums.examined + result.examined,
    started: sums.started + result.started,
    woken: sums.woken + result.woken,
    reasons,
    some: [...sums.some, ...result.some].slice(0, changesShown),
    refused: [...sums.refused, ...result.refused].slice(0, changesShown),
    refusedCount: refusedCount(sums) + refusedCount(result),
  };
}
