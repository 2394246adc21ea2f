/**
 * What became of a message to one address, as the provider reports it after it accepted the message.
 * - `deferred`: the receiver asked to try again later.
 * - `blocked`: the receiver refused this message; `bounced`: it knows no such address.
 * - `dropped`: the provider did not try, because the address bounced, complained or unsubscribed before.
 * - `spam-report`: a person marked it as spam; further messages are dropped.
 */
export type Delivery = 'deferred' | 'delivered' | 'blocked' | 'bounced' | 'dropped' | 'spam-report';

/** Of two reports of the same second the later in this list is what became of the message. */
export const deliveriesInOrder: readonly Delivery[] = [
  'deferred',
  'delivered',
  'blocked',
  'bounced',
  'dropped',
  'spam-report',
];

/** One report of a provider, whatever the provider. Its texts are as long as the ledger's columns at most. */
export interface DeliveryReport {
  /** The provider's, the same when it is reported again; at most 255 characters. */
  readonly eventId: string;
  /** Absent where the report does not say which notice it is about. */
  readonly noticeId?: string;
  /** At most 255 characters. */
  readonly messageId?: string;
  /** At most 320 characters. */
  readonly address: string;
  /** `processed`: accepted, and nothing more is known. */
  readonly delivery: Delivery | 'processed';
  readonly reason: string | null;
  /** Epoch milliseconds, never in the future. */
  readonly at: number;
}

/** Messages to the address do not arrive. */
export function isUnreached(delivery: Delivery): boolean {
  return delivery !== 'delivered' && delivery !== 'deferred';
}
