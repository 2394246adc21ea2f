import type { Delivery, DeliveryReport } from '../delivery-report.js';

/** What a request of SendGrid's Event Webhook holds. */
export interface ReadEvents {
  readonly reports: readonly DeliveryReport[];
  /** Events that are no reports we can use, by the reason, such as `no address`. */
  readonly passedOver: ReadonlyMap<string, number>;
}

type Event = Readonly<Record<string, unknown>>;

const deliveries: ReadonlyMap<string, Delivery | 'processed'> = new Map([
  ['processed', 'processed'],
  ['deferred', 'deferred'],
  ['delivered', 'delivered'],
  ['bounce', 'bounced'],
  ['dropped', 'dropped'],
  ['spamreport', 'spam-report'],
]);

/** Events that say nothing of whether a mail arrived. */
const ofNoConcern = new Set([
  'open',
  'click',
  'unsubscribe',
  'group_unsubscribe',
  'group_resubscribe',
  'account_status_change',
]);

/** Above this a number of seconds lies 1,100 years ahead: it counts milliseconds. */
const leastMilliseconds = 100_000_000_000;

/**
 * Reads each event by itself: one that is malformed is passed over with its reason, and the others count. `now` is epoch
 * milliseconds: an event of the future is of now. Undefined where the text is no JSON array.
 */
export function readEvents(json: string, now: number): ReadEvents | undefined {
  const parsed = parse(json);
  if (!Array.isArray(parsed)) return undefined;
  const reports: DeliveryReport[] = [];
  const passedOver = new Map<string, number>();
  for (const value of parsed as readonly unknown[]) {
    const read = readEvent(value, now);
    if (typeof read === 'string') passedOver.set(read, (passedOver.get(read) ?? 0) + 1);
    else if (read) reports.push(read);
  }
  return { reports, passedOver };
}

/** The report, undefined where the event is of no concern, or why it cannot be used. */
function readEvent(value: unknown, now: number): DeliveryReport | string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an event';
  const event = value as Event;
  const type = text(event['event'], 64);
  if (type === undefined) return 'no type';
  if (ofNoConcern.has(type)) return undefined;
  const delivery = deliveries.get(type);
  if (delivery === undefined) return 'an unknown type';
  const address = text(event['email'], 321);
  if (address === undefined) return 'no address';
  if (address.length > 320) return 'an address of more than 320 characters';
  const at = instantOf(event['timestamp'], now);
  if (at === undefined) return 'no time';
  const noticeId = text(event['notice_id'], 37);
  const messageId = text(event['sg_message_id'], 1_000);
  return {
    eventId: text(event['sg_event_id'], 255) ?? `${type} ${at}`,
    address,
    // A block is one refused mail, and not an address that does not exist.
    delivery: delivery === 'bounced' && event['type'] === 'blocked' ? 'blocked' : delivery,
    reason: text(event['reason'], 1_024) ?? text(event['response'], 1_024) ?? null,
    at,
    ...(noticeId !== undefined && noticeId.length <= 36 ? { noticeId } : {}),
    // The part before the first dot is what Mail Send answered as X-Message-Id.
    ...(messageId === undefined ? {} : { messageId: (messageId.split('.')[0] ?? '').slice(0, 255) }),
  };
}

/** Epoch seconds, also as text or in milliseconds; undefined where it is no instant. */
function instantOf(value: unknown, now: number): number | undefined {
  const isText = typeof value === 'string' && /^\s*\d{1,20}(\.\d{1,20})?\s*$/.test(value);
  const number = isText ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0)) return undefined;
  const at = Math.trunc(number >= leastMilliseconds ? number : number * 1_000);
  return at >= 1 ? Math.min(now, at) : undefined;
}

/** A text or a number as text of at most so many characters, none of them half; undefined where it is empty or neither. */
function text(value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const found = String(value)
    .trim()
    .slice(0, longest)
    .replaceAll(/\p{Cs}/gu, '\ufffd');
  return found === '' ? undefined : found;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
