import type { DataSource } from 'typeorm';
import { deliveriesInOrder, type Delivery } from '../delivery-report.js';
import type { NoticeState, RecipientState } from '../../store/rows.js';

/** A notice with everybody whom it names. Instants are epoch milliseconds. */
export interface SentNotice {
  readonly id: string;
  readonly clientId: string;
  readonly profileId: string;
  readonly audience: string;
  /** `email`, or `webhook:<name>`. */
  readonly channel: string;
  readonly rules: readonly string[];
  /** Rules that it names as recovered (rule 20). */
  readonly recovered: readonly string[];
  readonly state: NoticeState;
  readonly checkAt: number;
  readonly createdAt: number;
  readonly acceptedAt: number | null;
  readonly attempts: number;
  readonly messageId: string | null;
  readonly lastError: string | null;
  readonly recipients: readonly SentRecipient[];
}

export interface SentRecipient {
  readonly address: string;
  readonly state: RecipientState;
  readonly reason: string | null;
  readonly delivery: Delivery | null;
  readonly deliveryReason: string | null;
  readonly deliveryAt: number | null;
}

export const noticeStates = [
  'pending',
  'accepted',
  'failed',
  'withdrawn',
] as const satisfies readonly NoticeState[];

export interface NoticeFilter {
  readonly clientId?: string | undefined;
  /** Of the notice, or what became of the mail to one of its recipients. */
  readonly state?: NoticeState | Delivery | undefined;
  /** Written at or after it. */
  readonly since?: number | undefined;
  readonly limit: number;
}

interface Row {
  id: string;
  client_id: string;
  profile_id: string;
  audience: string;
  channel: string;
  rules: string;
  recovered: string | null;
  state: NoticeState;
  check_at: string;
  created_at: string;
  accepted_at: string | null;
  attempts: number;
  message_id: string | null;
  last_error: string | null;
}

interface RecipientRow {
  notice_id: string;
  address: string;
  state: RecipientState;
  reason: string | null;
  delivery: Delivery | null;
  delivery_reason: string | null;
  event_at: string | null;
}

/** The latest notices of the ledger, newest first. */
export async function listSentNotices(
  database: DataSource,
  { clientId, state, since, limit }: NoticeFilter,
): Promise<readonly SentNotice[]> {
  const delivery = deliveriesInOrder.find((each) => each === state);
  const conditions: readonly (readonly [string, unknown])[] = [
    ...(clientId === undefined ? [] : [['n.client_id = ?', clientId] as const]),
    ...(since === undefined ? [] : [['n.created_at >= ?', since] as const]),
    ...(state === undefined || delivery ? [] : [['n.state = ?', state] as const]),
    ...(delivery
      ? [
          [
            'EXISTS (SELECT 1 FROM low_balance_notice_recipient d WHERE d.notice_id = n.id AND d.delivery = ?)',
            delivery,
          ] as const,
        ]
      : []),
  ];
  const where = conditions.map(([sql]) => sql).join(' AND ') || 'TRUE';
  const rows = await database.query<Row[]>(
    `SELECT n.id, n.client_id, n.profile_id, n.audience, n.channel, n.rules, n.recovered, n.state, n.check_at, n.created_at, n.accepted_at,
       n.attempts, n.message_id, n.last_error
     FROM low_balance_notice n WHERE ${where} ORDER BY n.created_at DESC, n.client_id, n.audience DESC LIMIT ${Math.trunc(limit)}`,
    conditions.map(([, value]) => value),
  );
  const recipients = await recipientsOf(
    database,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => noticeOf(row, recipients.get(row.id) ?? []));
}

async function recipientsOf(
  database: DataSource,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly SentRecipient[]>> {
  const byNotice = new Map<string, SentRecipient[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return byNotice;
  const rows = await database.query<RecipientRow[]>(
    `SELECT notice_id, address, state, reason, delivery, delivery_reason, event_at
     FROM low_balance_notice_recipient WHERE notice_id IN (?) ORDER BY notice_id, address`,
    [ids],
  );
  for (const row of rows) {
    byNotice.get(row.notice_id)?.push({
      address: row.address,
      state: row.state,
      reason: row.reason,
      delivery: row.delivery,
      deliveryReason: row.delivery_reason,
      deliveryAt: row.event_at === null ? null : Number(row.event_at),
    });
  }
  return byNotice;
}

function noticeOf(row: Row, recipients: readonly SentRecipient[]): SentNotice {
  return {
    id: row.id,
    clientId: row.client_id,
    profileId: row.profile_id,
    audience: row.audience,
    channel: row.channel,
    rules: JSON.parse(row.rules) as string[],
    recovered: row.recovered === null ? [] : (JSON.parse(row.recovered) as string[]),
    state: row.state,
    checkAt: Number(row.check_at),
    createdAt: Number(row.created_at),
    acceptedAt: row.accepted_at === null ? null : Number(row.accepted_at),
    attempts: row.attempts,
    messageId: row.message_id,
    lastError: row.last_error,
    recipients,
  };
}
