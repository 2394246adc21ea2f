import { continueAsNew, proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';

// The floor: what Temporal itself costs, without our work. Timed as `watchClient` is.

const defaultWakesPerRun = 30;

interface BareActivities {
  empty(clientId: string): Promise<void>;
}

const local = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '3s' });
const regular = proxyActivities<BareActivities>({ startToCloseTimeout: '3s' });

interface Bare {
  readonly clientId: string;
  readonly periodMs: number;
  readonly wakesPerRun?: number;
}

/** On a grid, as `watchClient` plans its checks. */
async function sleepToNext(startedAt: number, periodMs: number): Promise<void> {
  await sleep(periodMs - ((Date.now() - startedAt) % periodMs));
}

/** A timer and an empty local activity. */
export async function bareLocal(input: Bare): Promise<void> {
  const startedAt = Date.now();
  for (let wakes = 0; wakes < (input.wakesPerRun ?? defaultWakesPerRun); wakes += 1) {
    await local.empty(input.clientId);
    await sleepToNext(startedAt, input.periodMs);
  }
  await continueAsNew<typeof bareLocal>(input);
}

/** A timer and an empty regular activity. */
export async function bareRegular(input: Bare): Promise<void> {
  const startedAt = Date.now();
  for (let wakes = 0; wakes < (input.wakesPerRun ?? defaultWakesPerRun); wakes += 1) {
    await regular.empty(input.clientId);
    await sleepToNext(startedAt, input.periodMs);
  }
  await continueAsNew<typeof bareRegular>(input);
}

/** A timer, an empty local and an empty regular activity. */
export async function bareNotice(input: Bare): Promise<void> {
  const startedAt = Date.now();
  for (let wakes = 0; wakes < (input.wakesPerRun ?? defaultWakesPerRun); wakes += 1) {
    await local.empty(input.clientId);
    await regular.empty(input.clientId);
    await sleepToNext(startedAt, input.periodMs);
  }
  await continueAsNew<typeof bareNotice>(input);
}
