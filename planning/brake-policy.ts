import { defaultBrakePolicy, scopeText, type BrakePolicy } from '../domain/brake.js';
import { policyOf, readBrake, trippedAt } from '../store/brake-admission.js';
import { createHolds } from '../store/holds.js';
import type { Queryable } from '../store/queryable.js';

/** What a sync does to the limit of the brake (rule 23). */
export interface BrakeChange {
  readonly before: BrakePolicy;
  readonly after: BrakePolicy;
}

/** The file's limit against MySQL's; undefined where they are the same. */
export async function planBrake(own: Queryable, after: BrakePolicy): Promise<BrakeChange | undefined> {
  const before = policyOf(await readBrake(own, false));
  return before.clients === after.clients && before.percentOfFleet === after.percentOfFleet
    ? undefined
    : { before, after };
}

/** What holds notices now, one sentence each: the brake, and holds by hand. */
export async function holdsNow(own: Queryable, now: number): Promise<readonly string[]> {
  const since = trippedAt(await readBrake(own, false), now);
  const brake = since === null ? [] : [`the brake, since ${new Date(since).toISOString()}`];
  const holds = await createHolds(own).active(now);
  return [
    ...brake,
    ...holds.map(
      ({ scope, since: at, by, why }) =>
        `${scopeText(scope)}, since ${new Date(at).toISOString()}, by ${by}: ${why}`,
    ),
  ];
}

export async function writeBrake(own: Queryable, policy: BrakePolicy): Promise<void> {
  const isDefault =
    policy.clients === defaultBrakePolicy.clients &&
    policy.percentOfFleet === defaultBrakePolicy.percentOfFleet;
  await own.query('UPDATE low_balance_brake SET clients = ?, percent_of_fleet = ? WHERE id = 1', [
    isDefault ? null : policy.clients,
    isDefault ? null : policy.percentOfFleet,
  ]);
}

/** `50 clients, or 25% of the fleet where that is more` */
export function brakePolicyText({ clients, percentOfFleet }: BrakePolicy): string {
  return `${clients} clients, or ${percentOfFleet}% of the fleet where that is more`;
}
