import type { AcceptedNotice } from '../../domain/cycle/told.js';
import type { ExcludedRecipient, NoticeKind, ReachedAddress } from '../../domain/notices.js';
import type { Audience, RuleKey } from '../../domain/profile/profile.js';
import type { NoticeState } from '../../store/rows.js';

/** A notice as it is first written. Instants are epoch milliseconds. */
export interface LedgerNotice {
  readonly id: string;
  readonly clientId: string;
  readonly checkAt: number;
  /** The instant that the check stood for (rule 17); null where an older workflow did not say it. */
  readonly instant: number | null;
  readonly kind: NoticeKind;
  /** `email`, or a webhook of the reseller. */
  readonly channel: string;
  readonly audience: Audience;
  readonly profileId: string;
  /** Rules that it names as low. */
  readonly rules: readonly RuleKey[];
  /** Rules that it names as recovered. */
  readonly recovered: readonly RuleKey[];
  /** What the mail says, as JSON holds it, without addresses: every attempt says the same. */
  readonly content: object;
  readonly recipients: readonly string[];
  /** Who is not notified, and why. */
  readonly leftOut: readonly ExcludedRecipient[];
}

/** A notice as the ledger knows it. */
export interface LedgerEntry extends Omit<LedgerNotice, 'recipients' | 'leftOut' | 'content'> {
  readonly state: NoticeState;
  readonly messageId: string | null;
  readonly acceptedAt: number | null;
  readonly lastError: string | null;
  readonly attempts: number;
}

/** Epoch milliseconds. */
export interface OpeningInstants {
  readonly at: number;
  /** When the attempt that opens them was scheduled, by the Temporal server's clock. */
  readonly scheduledAt: number;
}

export type Opening =
  /** As `find` would answer them. */
  | { readonly kind: 'opened'; readonly entries: readonly LedgerEntry[] }
  | { readonly kind: 'known' }
  /** Somebody has decided afresh since. */
  | { readonly kind: 'fenced' };

/** The right to send a notice, for a while. */
export type Claim =
  | {
      readonly kind: 'claimed';
      readonly token: string;
      readonly content: object;
      /** Who was not sent to yet. */
      readonly recipients: readonly string[];
    }
  /** Another worker is sending it, for at most `forMs` more. */
  | { readonly kind: 'busy'; readonly forMs: number }
  /** There is nothing to send any more. */
  | { readonly kind: 'settled' };

export interface Acceptance {
  readonly messageId: string;
  readonly recipients: readonly string[];
  readonly refused: readonly ExcludedRecipient[];
}

export interface FailedAttempt {
  readonly token: string;
  readonly reason: string;
  /** It will not be tried again. */
  readonly final: boolean;
}

/** Every notice is written here before the provider is called, and again when it answered. */
export interface Ledger {
  /** The notices of one check: the staff's first, then by kind and channel. */
  find(clientId: string, checkAt: number): Promise<readonly LedgerEntry[]>;
  /**
   * Writes the notices of one check with their recipients, before any is sent. Where the ledger has one of them already it writes
   * nothing, since who is notified at a check is resolved once; nor where the client was fenced since (rules 7 and 25).
   */
  open(notices: readonly LedgerNotice[], instants: OpeningInstants): Promise<Opening>;
  /**
   * What was scheduled before that instant opens no notice of the client any more, however late it comes to it. Where several are
   * set the latest holds.
   */
  fence(clientId: string, before: number): Promise<void>;
  /** Only one sends a notice at a time. The claim ends with the record of the attempt, or after `forMs`. */
  claim(id: string, forMs: number): Promise<Claim>;
  /** The provider accepted it for some recipients. The notice is accepted when nobody is left to send to. */
  accepted(id: string, acceptance: Acceptance, at: number): Promise<void>;
  failed(id: string, attempt: FailedAttempt, at: number): Promise<void>;
  /**
   * Rules 4 and 7: what was not accepted of a check is withdrawn. Answers for how many milliseconds somebody may still
   * be sending one of its notices: 0 when nothing is left.
   */
  withdraw(clientId: string, checkAt: number, at: number): Promise<number>;
  /** The same for every notice of a client of checks before that instant, which an earlier workflow left. */
  withdrawAll(clientId: string, before: number, at: number): Promise<WithdrawnAll>;
  /** Rule 25: the notices of a client under a profile that were accepted since then, of the checks since then. */
  acceptedSince(since: AcceptedSince): Promise<readonly AcceptedNotice[]>;
  /** Rule 25: whether a channel accepted, or refused for good, a notice of a check since then. */
  settledSince(clientId: string, checkAt: number): Promise<boolean>;
  /** Rule 20: whom the notices of a check reached that named a rule as low; without those at whom the mail did not arrive. */
  reached(clientId: string, checkAt: number, rule: RuleKey): Promise<readonly ReachedRecipient[]>;
}

export interface WithdrawnAll {
  readonly busyMs: number;
  /** Something was withdrawn. */
  readonly withdrawn: boolean;
  /** How many notices the client has, of whatever state. */
  readonly notices: number;
}

export interface ReachedRecipient extends ReachedAddress {
  readonly channel: string;
}

export interface AcceptedSince {
  readonly clientId: string;
  readonly profileId: string;
  /** The last refill, epoch milliseconds. */
  readonly refillAt: number;
  readonly checkAt: number;
}
