import { continueAsNew, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities/contract.js';

export interface ReconcileClientsInput {
  readonly after?: string;
  readonly sums?: ReconcileSums;
}

/** What a reconciliation did, over all its pages. */
export interface ReconcileSums {
  readonly examined: number;
  readonly started: number;
  readonly woken: number;
}

/** Pages of one run: its history stays small however many clients change. */
const pagesPerRun = 50;

const { reconcile } = proxyActivities<Pick<Activities, 'reconcile'>>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/** Sees to it that every client with a profile is watched, and that those without one stop. Runs on a Schedule. */
export async function reconcileClients(input: ReconcileClientsInput = {}): Promise<ReconcileSums> {
  let sums = input.sums ?? { examined: 0, started: 0, woken: 0 };
  let after = input.after ?? '';
  for (let page = 0; page < pagesPerRun; page += 1) {
    const result = await reconcile({ after });
    sums = {
      examined: sums.examined + result.examined,
      started: sums.started + result.started,
      woken: sums.woken + result.woken,
    };
    setCurrentDetails(
      `- **Started** ${sums.started}\n- **Woken** ${sums.woken}\n- **At** ${result.next ?? 'the end'}`,
    );
    if (result.next === null) return sums;
    after = result.next;
  }
  return await continueAsNew<typeof reconcileClients>({ after, sums });
}
