import type { Delivery, DeliveryEvent } from '../../domain/delivery.js';

const deliveries: Readonly<Record<string, Delivery | 'processed'>> = {
  processed: 'processed',
  deferred: 'deferred',
  delivered: 'delivered',
  bounce: 'bounced',
  dropped: 'dropped',
  spamreport: 'spam-report',
};

/** The reports in a request of SendGrid's Event Webhook, without those of opens, clicks and subscriptions; undefined where it is no JSON array. */
export function deliveryEventsOf(json: string): readonly DeliveryEvent[] | undefined {
  const parsed = parse(json);
  return Array.isArray(parsed) ? parsed.flatMap(deliveryEventOf) : undefined;
}

function deliveryEventOf(value: unknown): readonly DeliveryEvent[] {
  if (typeof value !== 'object' || value === null) return [];
  const event = value as Readonly<Record<string, unknown>>;
  const { email, timestamp, sg_event_id: eventId, sg_message_id: messageId, notice_id: noticeId } = event;
  const delivery = deliveries[textOf(event['event']) ?? ''];
  if (
    !delivery ||
    typeof email !== 'string' ||
    typeof timestamp !== 'number' ||
    typeof eventId !== 'string'
  ) {
    return [];
  }
  return [
    {
      eventId,
      address: email,
      // A block is one refused mail, and not an address that does not exist.
      delivery: delivery === 'bounced' && event['type'] === 'blocked' ? 'blocked' : delivery,
      reason: textOf(event['reason']) ?? textOf(event['response']) ?? null,
      at: Math.trunc(timestamp) * 1_000,
      ...(typeof noticeId === 'string' && noticeId.length <= 36 ? { noticeId } : {}),
      // The part before the first dot is what Mail Send answered as X-Message-Id.
      ...(typeof messageId === 'string' ? { messageId: messageId.split('.')[0] ?? messageId } : {}),
    },
  ];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
