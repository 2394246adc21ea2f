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

/** The words of a mail. */
export interface RenderedMail {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The language that was found for the client, such as `de`. */
  readonly language: string;
}

/** Puts facts into words. */
export interface Renderer {
  render(mail: NoticeMail): RenderedMail;
  /** What a dynamic template of the provider is filled with; the facts as they are where absent. */
  templateData?(mail: NoticeMail): Readonly<Record<string, unknown>>;
}

export interface SendOptions {
  /** Once aborted no call is begun; one under way is still waited for, because the provider may have accepted it. */
  readonly signal: AbortSignal;
  /** How long the provider may take to answer. */
  readonly timeoutMs: number;
}

export interface RefusedRecipient {
  readonly address: string;
  readonly reason: string;
}

export interface Sent {
  /** The provider's id of the mail. */
  readonly messageId: string;
  /** Recipients that the provider refused, and who are not told; all others are. */
  readonly refused?: readonly RefusedRecipient[];
}

export interface Mailer {
  /** Resolves when the provider accepted the mail; throws MailError otherwise. */
  send(mail: NoticeMail, options: SendOptions): Promise<Sent>;
}

/**
 * - `rejected`: the provider will never accept this mail.
 * - `unauthorized`: it refuses us, whatever the mail.
 * - `rate-limited`: too many calls, or too many waiting.
 * - `unavailable`: not accepted, and may be later.
 * - `no-answer`: it was asked and its answer was lost: it may have accepted.
 */
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
