import { heldAgainWithinMs } from '../domain/brake.js';
import type { ClientFacts } from '../domain/client.js';
import { stateOf } from '../domain/client-state.js';
import type { ClientCheck } from '../domain/check-client.js';
import { heldDecisions } from '../domain/decide.js';
import type { Profile } from '../domain/profile/profile.js';
import type { WatchParts } from './parts.js';

/**
 * Rule 23: a check whose rules would send asks the brake, and one that is held decides afresh a little later, until its next
 * planned check. So whoever is not low any more when the hold ends hears nothing. A quiet check asks nobody.
 */
export async function heldBack(
  { brake, profiles }: Pick<WatchParts, 'brake' | 'profiles'>,
  client: ClientFacts,
  profile: Profile,
  found: ClientCheck,
  now: number,
): Promise<ClientCheck> {
  const sending = found.decisions.filter(({ decision }) => decision === 'send');
  if (!brake || sending.length === 0) return found;
  const admission = await brake.admit({
    clientId: client.clientId,
    resellers: (await profiles.assigner()).resellerNames(client),
    profileId: profile.id,
    low: sending.some(({ reason }) => reason === 'low'),
  });
  if (admission.kind === 'admitted') return found;
  // From half of it on, so that a fleet does not come at once.
  const until = now + Math.round(heldAgainWithinMs(admission.fleet) * (0.5 + Math.random() / 2));
  const decisions = heldDecisions(found.decisions, { why: admission.reason, until });
  return { ...found, decisions, state: stateOf(decisions, found.watch, profile.maxQty, now) };
}
