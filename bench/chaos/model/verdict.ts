import type { Step } from './histories.js';

export interface ClientFacts {
  readonly clientId: string;
  readonly steps: readonly Step[];
  /** What arrived of this client: at the mail provider, and at the receiver of webhooks. */
  readonly arrivals: readonly Arrival[];
  /** What the ledger says of its notices at the end. */
  readonly notices: readonly LedgerNotice[];
  /** What the workflow says at the end; undefined where it ended. */
  readonly counts: Readonly<Record<string, number>> | undefined;
  /** Its workflow task is tried again and again. */
  readonly stuck?: boolean | undefined;
}

/** A notice that was accepted by a channel; also one whose answer was lost. */
export interface Arrival {
  readonly noticeId: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Addresses in lower case; of a webhook its name. */
  readonly recipients: readonly string[];
}

/** A notice as the product wrote it down. Instants are epoch milliseconds. */
export interface LedgerNotice {
  readonly id: string;
  readonly checkAt: number;
  /** `email`, or `webhook:<name>`. */
  readonly channel: string;
  readonly state: string;
  readonly acceptedAt: number | null;
  readonly rules: readonly string[];
  readonly recovered: readonly string[];
  /** As in an arrival. */
  readonly recipients: readonly string[];
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
  /** Sending checks of profiles with `checkEvery` whose promptness was judged. */
  prompt: number;
  /** Decisions by reason. */
  reasons: Map<string, number>;
  /** Notices whose recipients were judged. */
  addressed: number;
  /** Events of the longest run of a workflow. */
  longestRun: number;
  /** Workflows that started after another one of their client (rule 25). */
  startedAgain: number;
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
    prompt: 0,
    reasons: new Map(),
    addressed: 0,
    longestRun: 0,
    startedAgain: 0,
    copies: 0,
    unheard: 0,
    longestGap: { ms: 0, clientId: '', until: 0 },
  };
}

/** `14:05:07.123` */
export function instant(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
