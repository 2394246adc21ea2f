/**
 * What became of a mail to one address, as the provider reports it after it accepted the mail.
 * - `deferred`: the receiver asked to try again later.
 * - `blocked`: the receiver refused this mail; `bounced`: it knows no such address.
 * - `dropped`: the provider did not try, because the address bounced, complained or unsubscribed before.
 * - `spam-report`: a person marked it as spam; further mails are dropped.
 */
export type Delivery = 'deferred' | 'delivered' | 'blocked' | 'bounced' | 'dropped' | 'spam-report';

/** Of two reports of the same second the later in this list is what became of the mail. */
export const deliveriesInOrder: readonly Delivery[] = [
  'deferred',
  'delivered',
  'blocked',
  'bounced',
  'dropped',
  'spam-report',
];

/** One report of the provider. */
export interface DeliveryEvent {
  /** The provider's, the same when it is reported again. */
  readonly eventId: string;
  /** Absent where the report does not say which mail it is about. */
  readonly noticeId?: string;
  readonly messageId?: string;
  readonly address: string;
  /** `processed`: accepted, and nothing more is known. */
  readonly delivery: Delivery | 'processed';
  readonly reason: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Mail to the address does not arrive. */
export function isUnreached(delivery: Delivery): boolean {
  return delivery !== 'delivered' && delivery !== 'deferred';
}
