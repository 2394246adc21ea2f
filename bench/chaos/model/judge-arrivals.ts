import { answerWasLost, callMs } from './ask-truth.js';
import type { Truth } from './truth.js';
import type { Arrival, ClientFacts, Tally, Violation } from './verdict.js';

/** Each accepted notice arrived; what arrived twice, or without having been counted, is an answer that was lost. */
export function violationsOfArrivals(facts: ClientFacts, truth: Truth, tally: Tally): readonly Violation[] {
  const { clientId, arrivals } = facts;
  const found: Violation[] = [];
  const byNotice = new Map<string, Arrival[]>();
  for (const each of arrivals) byNotice.set(each.noticeId, [...(byNotice.get(each.noticeId) ?? []), each]);
  for (const copies of byNotice.values()) {
    const inOrder = [...copies].sort((a, b) => a.receivedAt - b.receivedAt);
    for (const [i, copy] of inOrder.entries()) {
      const before = inOrder[i - 1];
      if (!before) continue;
      tally.copies += 1;
      if (!answerWasLost(truth, clientId, before.receivedAt, copy.receivedAt))
        found.push({
          clientId,
          at: copy.receivedAt,
          what: 'a notice arrived twice, and no answer was lost in between',
        });
    }
  }
  const [arrived, accepted] = [byNotice.size, noticesAccepted(facts)];
  if (arrived < accepted)
    found.push({
      clientId,
      at: Date.now(),
      what: `${accepted} notices were accepted, and ${arrived} arrived`,
    });
  const unheard = arrived - accepted;
  tally.unheard += Math.max(0, unheard);
  const mayBeUnheard = ({ receivedAt }: Arrival) =>
    answerWasLost(truth, clientId, receivedAt, receivedAt + callMs);
  if (unheard > arrivals.filter(mayBeUnheard).length)
    found.push({
      clientId,
      at: Date.now(),
      what: `${arrived} notices arrived, and only ${accepted} were counted`,
    });
  return found;
}

/** A notice for the staff, one for the client, one for each webhook. */
function noticesAccepted({ steps }: ClientFacts): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'told' ? step.told.accepted.length : 0), 0);
}
