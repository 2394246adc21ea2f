/**
 * - `rejected`: this message will never be accepted.
 * - `unauthorized`: we are refused, whatever the message.
 * - `rate-limited`: too many calls, or too many waiting.
 * - `unavailable`: not accepted, and may be later.
 * - `no-answer`: the receiver was asked and its answer was lost: it may have accepted.
 */
export type DeliveryErrorKind = 'rejected' | 'unauthorized' | 'rate-limited' | 'unavailable' | 'no-answer';

/** A message was not accepted, as far as is known. Its text names no address and no secret. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly kind: DeliveryErrorKind;
  /** The same message will never be accepted. */
  readonly permanent: boolean;
  /** When the receiver wants to be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: DeliveryErrorKind,
    message: string,
    options: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.permanent = kind === 'rejected';
    this.retryAfterMs = options.retryAfterMs;
  }
}
