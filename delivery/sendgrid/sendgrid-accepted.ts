import type { Sent } from '../channel.js';
import type { Email } from '../email/email-provider.js';

/** Enough for everything that a worker sends while its database is away. */
const kept = 5_000;

/** The mails that SendGrid accepted from this process lately. */
export interface AcceptedMails {
  find(mail: Email): Sent | undefined;
  add(mail: Email, sent: Sent): void;
}

/**
 * SendGrid has no idempotency key. Where an acceptance could not be recorded, the same notice comes back, and this
 * process at least knows that it was sent.
 */
export function createAcceptedMails(): AcceptedMails {
  const sentByKey = new Map<string, Sent>();
  return {
    find: (mail) => sentByKey.get(keyOf(mail)),
    add(mail, sent) {
      sentByKey.set(keyOf(mail), sent);
      if (sentByKey.size > kept)
        for (const [oldest] of [...sentByKey].slice(0, kept / 10)) sentByKey.delete(oldest);
    },
  };
}

function keyOf({ trace, recipients }: Email): string {
  return JSON.stringify([trace.noticeId, ...recipients]);
}
