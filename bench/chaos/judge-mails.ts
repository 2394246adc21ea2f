import type { StoredMail } from '../../delivery/mailbox/mailbox.js';
import { answerWasLost, callMs } from './ask-truth.js';
import type { Truth } from './truth.js';
import type { ClientFacts, Tally, Violation } from './verdict.js';

/** Each accepted notice arrived; what arrived twice, or without having been counted, is an answer that was lost. */
export function violationsOfMails(facts: ClientFacts, truth: Truth, tally: Tally): readonly Violation[] {
  const { clientId, mails } = facts;
  const found: Violation[] = [];
  const byNotice = new Map<string, StoredMail[]>();
  for (const mail of mails) byNotice.set(mail.noticeId!, [...(byNotice.get(mail.noticeId!) ?? []), mail]);
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
          what: 'a mail arrived twice, and no answer was lost in between',
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
  const mayBeUnheard = ({ receivedAt }: StoredMail) =>
    answerWasLost(truth, clientId, receivedAt, receivedAt + callMs);
  if (unheard > mails.filter(mayBeUnheard).length)
    found.push({
      clientId,
      at: Date.now(),
      what: `${arrived} notices arrived, and only ${accepted} were counted`,
    });
  return found;
}

/** One notice for the staff and one for the client: each rule of a check has its own here. */
function noticesAccepted({ steps }: ClientFacts): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'told' ? step.told.accepted.length : 0), 0);
}
