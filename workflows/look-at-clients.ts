import { continueAsNew, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { Activities, LookResult } from '../activities/contract.js';
import { lookDetails } from './details.js';
import type { LookSums } from './look-sums.js';
import { Unreadable } from './unreadable.js';

export interface LookAtClientsInput {
  readonly from?: string;
  readonly sums?: Omit<LookResult, 'next'>;
  /** When the first of the runs started, epoch milliseconds. */
  readonly startedAt?: number;
}

/** Activities of one run: its history stays small, and a run short, however large the fleet is. */
const activitiesPerRun = 10;
const wokenShown = 10;

const { look } = proxyActivities<Pick<Activities, 'look'>>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/** Rule 18: looks at the fleet once, and wakes the clients whose rules would send. Runs on a Schedule. */
export async function lookAtClients(input?: LookAtClientsInput): Promise<LookSums> {
  // Only a run hands something to the next one: what somebody else starts it with is passed over (rule 24).
  const handedOver = workflowInfo().continuedFromExecutionRunId === undefined ? undefined : input;
  if (handedOver instanceof Unreadable) throw new Error(`this run cannot go on: ${handedOver.reason}`);
  const startedAt = handedOver?.startedAt ?? workflowInfo().startTime.getTime();
  let sums = handedOver?.sums ?? nothingDone;
  let from = handedOver?.from;
  for (let done = 0; done < activitiesPerRun; done += 1) {
    const { next, ...result } = await look(from === undefined ? {} : { from });
    sums = add(sums, result);
    const soFar = { ...sums, tookMs: Date.now() - startedAt };
    setCurrentDetails(lookDetails(soFar, next));
    if (next === undefined) return soFar;
    from = next;
  }
  return await continueAsNew<typeof lookAtClients>({
    ...(from === undefined ? {} : { from }),
    sums,
    startedAt,
  });
}

const nothingDone: Omit<LookResult, 'next'> = { examined: 0, considered: 0, woken: 0, some: [] };

function add(
  sums: Omit<LookResult, 'next'>,
  { examined, considered, woken, some, everyMs }: Omit<LookResult, 'next'>,
) {
  return {
    examined: sums.examined + examined,
    considered: sums.considered + considered,
    woken: sums.woken + woken,
    some: [...sums.some, ...some].slice(0, wokenShown),
    ...(everyMs === undefined ? {} : { everyMs }),
  };
}
