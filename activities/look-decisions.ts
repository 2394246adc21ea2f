import type { SharedFacts } from '../billing/shared-facts.js';
import type { Assigner } from '../domain/assignment.js';
import { noteTold } from '../domain/cycle/told.js';
import { checkClient } from '../domain/check-client.js';
import { isUnclear, type ClientIdentity } from '../domain/client.js';
import { sendingRules } from '../domain/decide.js';
import { maySend } from '../domain/looks/may-send.js';
import type { LookedProfile } from '../domain/looks/looked-profile.js';
import { profileNeeds } from '../domain/profile-needs.js';
import { endReasonOf } from '../domain/reading.js';
import { withReseller } from '../domain/reseller/reseller-directory.js';
import type { CheckTime } from '../domain/silences.js';
import type { LookedClient, NoticesOfLooked } from '../domain/looks/known-notices.js';
import type { Glanced, GlancedOfProfile } from './look-glance.js';
import type { LookParts } from './parts.js';

/** A client whose rules may send, as far as a glance shows. */
export interface Candidate {
  readonly profile: LookedProfile;
  readonly known: LookedClient;
}

/**
 * Of those at a glance: whose rules may send, by what is remembered of them. Whoever is held already, and would be again, is left alone:
 * it asks again by itself (rule 23).
 */
export async function candidatesOf(
  { looked, zoneOf }: Pick<LookParts, 'looked' | 'zoneOf'>,
  { beyond, well }: Pick<Glanced, 'beyond' | 'well'>,
  rates: Pick<SharedFacts, 'rate'>,
  now: number,
  isHeld: (client: Pick<ClientIdentity, 'resellerId'>, profile: LookedProfile) => boolean,
): Promise<readonly Candidate[]> {
  const glanced = new Map<string, GlancedOfProfile>(
    [...well, ...beyond].map((each) => [each.client.clientId, each]),
  );
  const idsOf = (rows: readonly GlancedOfProfile[]) => [
    ...new Set(rows.map(({ client }) => client.clientId)),
  ];
  const known = [
    ...(await looked.rowsOf(idsOf(beyond), now)),
    ...(await looked.unrecoveredOf(idsOf(well), now)),
  ];
  return known.flatMap((each) => {
    const found = glanced.get(each.clientId);
    if (!found) return [];
    const { profile } = found;
    const client = found.client.facts();
    if (isUnclear(client) || (each.held && isHeld(client, profile))) return [];
    const { rate } = rates.rate(profile.currency, client.currency);
    const time = timeOf(each, now, zoneOf);
    return maySend({ ...client, rate }, profile, each.watch, time) ? [{ profile, known: each }] : [];
  });
}

const clientsAtOnce = 200;

/** The clients whose rules would send now, as their own checks would decide, and whose notices are not on their way. */
export async function wouldSend(
  parts: Pick<LookParts, 'billing' | 'looked' | 'zoneOf' | 'resellers'>,
  candidates: readonly Candidate[],
  assigner: Assigner,
  now: number,
  heartbeat: () => void,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [profile, all] of byProfile(candidates)) {
    for (let from = 0; from < all.length; from += clientsAtOnce) {
      heartbeat();
      const known = all.slice(from, from + clientsAtOnce);
      const notices = await parts.looked.noticesOf(known);
      const quiet = known.filter(({ clientId }) => notices.get(clientId)?.pending !== true);
      for (const [clientId, rules] of await sendingOf(
        parts,
        profile,
        quiet.map(told(notices)),
        assigner,
        now,
      )) {
        const failed = notices.get(clientId)?.failed ?? [];
        // What was refused for good is not tried again before the next planned check.
        if (rules.some((rule) => !failed.some((each) => each === rule))) found.push(clientId);
      }
    }
  }
  return found;
}

/** The row is written by the check, before its notices are accepted. */
function told(notices: ReadonlyMap<string, NoticesOfLooked>): (client: LookedClient) => LookedClient {
  return (client) => {
    const accepted = notices.get(client.clientId)?.accepted ?? [];
    return accepted.length === 0 ? client : { ...client, watch: noteTold(client.watch, accepted) };
  };
}

async function sendingOf(
  { billing, zoneOf, resellers }: Pick<LookParts, 'billing' | 'zoneOf' | 'resellers'>,
  profile: LookedProfile,
  looked: readonly LookedClient[],
  assigner: Assigner,
  now: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const clients = await billing.readClients(
    looked.map(({ clientId }) => clientId),
    profileNeeds(profile),
  );
  const directory = await resellers?.current();
  return new Map(
    clients.flatMap((client, index): readonly (readonly [string, readonly string[]])[] => {
      const { clientId, watch, ...grid } = looked[index]!;
      // What cannot be read now is unknown, and its own check says so.
      if (client instanceof Error || !client || isUnclear(client)) return [];
      if (endReasonOf(client, profile) !== undefined || assigner.assign(client).profileId !== profile.id)
        return [];
      const known = directory ? withReseller(client, profile, directory) : client;
      const { decisions } = checkClient(known, profile, watch, timeOf(grid, now, zoneOf));
      const rules = [...sendingRules(decisions, 'low'), ...sendingRules(decisions, 'recovered')];
      return rules.length === 0 ? [] : [[clientId, rules]];
    }),
  );
}

/** Rule 17: a check that a look wakes stands for its own time. */
function timeOf(
  { plannedAt }: Pick<LookedClient, 'plannedAt'>,
  now: number,
  zoneOf: LookParts['zoneOf'],
): CheckTime {
  return { now, instant: now, plannedAt, ...(zoneOf ? { zoneOf } : {}) };
}

function byProfile(candidates: readonly Candidate[]): ReadonlyMap<LookedProfile, readonly LookedClient[]> {
  const groups = new Map<LookedProfile, LookedClient[]>();
  for (const { profile, known } of candidates) {
    const group = groups.get(profile);
    if (group) group.push(known);
    else groups.set(profile, [known]);
  }
  return groups;
}
