import type { StoredMail } from '../../delivery/mailbox/mailbox.js';
import type { Step } from './histories.js';

export interface ClientFacts {
  readonly clientId: string;
  readonly steps: readonly Step[];
  /** Mails that the provider accepted for this client. */
  readonly mails: readonly StoredMail[];
  /** What the workflow says at the end; undefined where it ended. */
  readonly counts: Readonly<Record<string, number>> | undefined;
}

/** What is not as the rules say. */
export interface Violation {
  readonly clientId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly what: string;
}

/** What was judged. */
export interface Tally {
  checks: number;
  decisions: number;
  notices: number;
  accepted: number;
  /** Rules of notices that were given up because of something that came meanwhile: a refill, an edit, a suspension. */
  overtaken: number;
  /** Rules of notices that no attempt brought to the provider before the next check, through faults. */
  late: number;
  copies: number;
  /** Mails whose acceptance nobody learnt of before they were withdrawn. */
  unheard: number;
  /** From what a client was last seen to do until its next check began. */
  longestGap: { readonly ms: number; readonly clientId: string; readonly until: number };
}

export function emptyTally(): Tally {
  return {
    checks: 0,
    decisions: 0,
    notices: 0,
    accepted: 0,
    overtaken: 0,
    late: 0,
    copies: 0,
    unheard: 0,
    longestGap: { ms: 0, clientId: '', until: 0 },
  };
}

/** `14:05:07.123` */
export function instant(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
