/** One e-mail text to one group of people; each recipient gets its own copy. Instants are epoch milliseconds. */
export interface NoticeMail {
  readonly noticeId: string;
  readonly clientId: string;
  readonly audience: 'staff' | 'client';
  readonly profileId: string;
  readonly workflowId: string;
  readonly recipients: readonly string[];
  /** BCP 47, such as `de-AT`; English where absent or unknown. */
  readonly language: string | null;
  /** IANA name; UTC where absent or unknown. */
  readonly timeZone: string | null;
  readonly facts: NoticeFacts;
}

/** What a mail says. Amounts are decimal strings in the client's currency unless said otherwise. */
export interface NoticeFacts {
  readonly clientName: string;
  readonly resellerName: string;
  readonly profileName: string;
  readonly availableBalance: string;
  readonly currency: string;
  readonly checkedAt: number;
  readonly nextCheckAt: number;
  readonly rules: readonly RuleFacts[];
}

export interface RuleFacts {
  readonly key: string;
  /** In the profile's currency. */
  readonly threshold: string;
  readonly thresholdCurrency: string;
  /** In the client's currency, where that differs. */
  readonly convertedThreshold: string | null;
  readonly inactiveSince: number | null;
  /** 1-based: this is the n-th reminder of the cycle. */
  readonly reminder: number;
  readonly maxQty: number;
}

export interface Mailer {
  /** Resolves when the provider accepted the mail; throws MailError otherwise. */
  send(
    mail: NoticeMail,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<{ readonly messageId: string }>;
}

export type MailErrorKind = 'rejected' | 'unauthorized' | 'rate-limited' | 'unavailable' | 'no-answer';

/** A mail was not accepted, as far as is known. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly kind: MailErrorKind;
  /** The same mail will never be accepted. */
  readonly permanent: boolean;
  /** When the provider wants to be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: MailErrorKind,
    message: string,
    options: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.permanent = kind === 'rejected';
    this.retryAfterMs = options.retryAfterMs;
  }
}
