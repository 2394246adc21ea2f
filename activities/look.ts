import type { ClientIdentity } from '../domain/client.js';
import { lookedFacts, lookIntervalMs, type LookedProfile } from '../domain/looks/looked-profile.js';
import type { LookInput, LookResult } from './contract.js';
import { candidatesOf, wouldSend } from './look-decisions.js';
import { glanceOf } from './look-glance.js';
import type { LookParts } from './parts.js';
import { wakeLooked } from './look-wakes.js';

const rowsAtOnce = 5_000;
/** Reading stops here and goes on in the next activity: about a million clients. */
const longestMs = 20_000;
const wokenShown = 10;

/**
 * A part of a look at the fleet (rule 18), in three steps that each leave fewer clients:
 * - of every client a few columns, and its balance against its limits as numbers;
 * - of those that may be beyond a limit, or may have a recovery to send, what is remembered of them, and `decide` without recipients;
 * - of those that may send, all that a check reads, and `decide` as a check does.
 * Whoever would send is woken, unless a notice is on its way, and its own check decides. No step passes over a client that the last would
 * wake. Killed anywhere, it is simply done again: a client that was woken and checked is quiet.
 */
export async function look(
  parts: LookParts,
  { from = '' }: LookInput,
  heartbeat: (after: string) => void,
): Promise<LookResult> {
  const profiles = await parts.looked.profiles();
  const everyMs = lookIntervalMs(profiles);
  let [examined, considered, woken] = [0, 0, 0];
  const some: string[] = [];
  const answer = (next?: string): LookResult => {
    parts.count({ what: 'look', examined, considered, woken });
    return {
      examined,
      considered,
      woken,
      some,
      ...(everyMs === undefined ? {} : { everyMs }),
      ...(next === undefined ? {} : { next }),
    };
  };
  if (profiles.length === 0) return answer();
  const until = performance.now() + longestMs;
  const assigner = await parts.profiles.assigner();
  const rates = await parts.lookRows.rates();
  const holding = await parts.brake?.holding();
  const isHeld = (client: Pick<ClientIdentity, 'resellerId'>, { id: profileId }: LookedProfile) =>
    holding?.({ resellers: assigner.resellerNames(client), profileId }) ?? false;
  const glance = glanceOf(profiles, assigner, rates);
  const costly = lookedFacts(profiles);
  const named = { profiles: profiles.map(({ id }) => id), unnamed: assigner.appliesToAny };
  for (let after: string | undefined = from; after !== undefined;) {
    heartbeat(after);
    const page = await parts.lookRows.page({ after, limit: rowsAtOnce, costly, named });
    // Also where the page took long: a decision is made for the time after it was read.
    const now = await parts.now();
    const glanced = glance(page.clients);
    examined += glanced.examined;
    const candidates = await candidatesOf(parts, glanced, rates, now, isHeld);
    considered += candidates.length;
    const due = await wouldSend(parts, candidates, assigner, now, () => heartbeat(after!));
    const done = await wakeLooked(parts.watchers, due, () => heartbeat(after!));
    woken += done.length;
    some.push(...done.slice(0, wokenShown - some.length));
    if (page.next !== undefined && performance.now() > until) return answer(page.next);
    after = page.next;
  }
  return answer();
}
