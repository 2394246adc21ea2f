import { EntitySchema } from 'typeorm';

/** A profile as MySQL holds it. `content` is the validated ProfileFile as JSON, `source` the file's text with comments. */
export interface ProfileRow {
  /** `<reseller>/<slug>` */
  id: string;
  reseller: string;
  content: string;
  source: string;
  /** Grows by one with every sync that changes the profile. */
  version: number;
  /** What the last sync wrote; differs from the content's hash where somebody edited the row by hand. */
  appliedHash: string;
  /** The Git commit of the file; ends in `-dirty` where the file was not committed. */
  sourceCommit: string | null;
  /** epoch milliseconds, as a string: bigint */
  updatedAt: string;
}

export type RevisionAction = 'create' | 'update' | 'delete' | 'rename';

/** One change of one profile, kept for ever. */
export interface RevisionRow {
  id: string;
  profileId: string;
  action: RevisionAction;
  /** The id it had before a rename. */
  renamedFrom: string | null;
  version: number;
  before: string | null;
  after: string | null;
  beforeSource: string | null;
  afterSource: string | null;
  sourceCommit: string | null;
  author: string | null;
  at: string;
}

export type NoticeState = 'pending' | 'accepted' | 'failed' | 'withdrawn';

/** The ledger: one row per notice; its id follows from client, check, audience, kind and channel. */
export interface NoticeRow {
  id: string;
  clientId: string;
  checkAt: string;
  audience: string;
  /** `low` or `recovered` */
  kind?: string;
  /** `email`, or a webhook of the reseller */
  channel?: string;
  profileId: string;
  /** JSON array of rule keys that are named as low */
  rules: string;
  /** JSON array of rule keys that are named as recovered; null: none */
  recovered?: string | null;
  /** The instant that the check stood for; null where an older version wrote it. */
  instant?: string | null;
  state: NoticeState;
  /** JSON of what the mail says, without addresses; only read to send it. */
  content?: string | null;
  /** Who is sending it now, and until when (epoch milliseconds by the database's clock) nobody else may. */
  claim?: string | null;
  claimedUntil?: string | null;
  messageId: string | null;
  attempts: number;
  lastError: string | null;
  createdAt: string;
  acceptedAt: string | null;
}

/**
 * `accepted`, `refused`: by the provider. `left-out`: not an address, or a login without one. `withdrawn`: not accepted
 * by the next planned check, or the balance was refilled.
 */
export type RecipientState = 'pending' | 'accepted' | 'refused' | 'left-out' | 'withdrawn';

/** One address of a notice. */
export interface NoticeRecipientRow {
  noticeId: string;
  address: string;
  state: RecipientState;
  reason: string | null;
  updatedAt: string;
  /** What the provider reported last of the mail to this address, such as `delivered` or `bounced`. */
  delivery: string | null;
  deliveryReason: string | null;
  eventAt: string | null;
  eventId: string | null;
}

/** What the provider reported last of any mail to an address. */
export interface AddressRow {
  /** In lower case. */
  address: string;
  delivery: string;
  reason: string | null;
  eventAt: string;
  /** 1 where mail does not reach it. */
  unreached: number;
  /** When `unreached` changed last, by the database's clock. */
  changedAt: string;
}

/** Which clients are watched, as their workflows said at their last check. */
export interface WatchedClientRow {
  clientId: string;
  profileId: string;
  state: string;
  periodMs: string;
  nextCheckAt: string;
  seenAt: string;
  /** JSON of WatchState, without addresses */
  watch: string;
  /** A planned check of its grid; null where an older version wrote it. */
  plannedAt?: string | null;
  /** Its last check; null before the first. */
  checkedAt?: string | null;
  /** Since when the billing system shows no client or no profile for it (rule 13). */
  missingSince?: string | null;
  /** 1 where a rule was notified and its recovery was not (rule 20). */
  unrecovered?: number;
  /** What its last check left to be sent; null where nothing, or where an older version wrote it. */
  unsent?: string | null;
  /** What was scheduled before writes no notice of it any more (rules 7 and 25); null where nothing was withdrawn yet. */
  fencedBefore?: string | null;
  endedAt: string | null;
  endReason: string | null;
}

const instant = { type: 'bigint' } as const;
const nullableInstant = { type: 'bigint', nullable: true } as const;

export const profileEntity = new EntitySchema<ProfileRow>({
  name: 'profile',
  tableName: 'low_balance_profile',
  columns: {
    id: { type: 'varchar', length: 191, primary: true },
    reseller: { type: 'varchar', length: 64 },
    content: { type: 'longtext' },
    source: { type: 'longtext' },
    version: { type: 'int' },
    appliedHash: { type: 'char', length: 64, name: 'applied_hash' },
    sourceCommit: { type: 'varchar', length: 80, nullable: true, name: 'source_commit' },
    updatedAt: { ...instant, name: 'updated_at' },
  },
});

export const revisionEntity = new EntitySchema<RevisionRow>({
  name: 'revision',
  tableName: 'low_balance_revision',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    profileId: { type: 'varchar', length: 191, name: 'profile_id' },
    action: { type: 'varchar', length: 16 },
    renamedFrom: { type: 'varchar', length: 191, nullable: true, name: 'renamed_from' },
    version: { type: 'int' },
    before: { type: 'longtext', nullable: true, name: 'content_before' },
    after: { type: 'longtext', nullable: true, name: 'content_after' },
    beforeSource: { type: 'longtext', nullable: true, name: 'source_before' },
    afterSource: { type: 'longtext', nullable: true, name: 'source_after' },
    sourceCommit: { type: 'varchar', length: 80, nullable: true, name: 'source_commit' },
    author: { type: 'varchar', length: 255, nullable: true },
    at: instant,
  },
});

export const noticeEntity = new EntitySchema<NoticeRow>({
  name: 'notice',
  tableName: 'low_balance_notice',
  columns: {
    id: { type: 'char', length: 36, primary: true },
    clientId: { type: 'varchar', length: 64, name: 'client_id' },
    checkAt: { ...instant, name: 'check_at' },
    audience: { type: 'varchar', length: 16 },
    profileId: { type: 'varchar', length: 191, name: 'profile_id' },
    rules: { type: 'text' },
    kind: { type: 'varchar', length: 16, default: 'low' },
    channel: { type: 'varchar', length: 64, default: 'email' },
    recovered: { type: 'text', nullable: true },
    instant: nullableInstant,
    state: { type: 'varchar', length: 16 },
    content: { type: 'mediumtext', nullable: true, select: false },
    claim: { type: 'char', length: 36, nullable: true, select: false },
    claimedUntil: { ...nullableInstant, name: 'claimed_until', select: false },
    messageId: { type: 'varchar', length: 255, nullable: true, name: 'message_id' },
    attempts: { type: 'int' },
    lastError: { type: 'text', nullable: true, name: 'last_error' },
    createdAt: { ...instant, name: 'created_at' },
    acceptedAt: { ...nullableInstant, name: 'accepted_at' },
  },
});

export const noticeRecipientEntity = new EntitySchema<NoticeRecipientRow>({
  name: 'noticeRecipient',
  tableName: 'low_balance_notice_recipient',
  columns: {
    noticeId: { type: 'char', length: 36, primary: true, name: 'notice_id' },
    address: { type: 'varchar', length: 320, primary: true },
    state: { type: 'varchar', length: 16 },
    reason: { type: 'varchar', length: 1024, nullable: true },
    updatedAt: { ...instant, name: 'updated_at' },
    delivery: { type: 'varchar', length: 16, nullable: true },
    deliveryReason: { type: 'varchar', length: 1024, nullable: true, name: 'delivery_reason' },
    eventAt: { ...nullableInstant, name: 'event_at' },
    eventId: { type: 'varchar', length: 255, nullable: true, name: 'event_id' },
  },
});

export const addressEntity = new EntitySchema<AddressRow>({
  name: 'address',
  tableName: 'low_balance_address',
  columns: {
    address: { type: 'varchar', length: 320, primary: true },
    delivery: { type: 'varchar', length: 16 },
    reason: { type: 'varchar', length: 1024, nullable: true },
    eventAt: { ...instant, name: 'event_at' },
    unreached: { type: 'tinyint' },
    changedAt: { ...instant, name: 'changed_at' },
  },
});

export const watchedClientEntity = new EntitySchema<WatchedClientRow>({
  name: 'watchedClient',
  tableName: 'low_balance_watched_client',
  columns: {
    clientId: { type: 'varchar', length: 64, primary: true, name: 'client_id' },
    profileId: { type: 'varchar', length: 191, name: 'profile_id' },
    state: { type: 'varchar', length: 16 },
    periodMs: { type: 'bigint', name: 'period_ms' },
    nextCheckAt: { ...instant, name: 'next_check_at' },
    seenAt: { ...instant, name: 'seen_at' },
    watch: { type: 'text' },
    plannedAt: { ...nullableInstant, name: 'planned_at' },
    checkedAt: { ...nullableInstant, name: 'checked_at' },
    missingSince: { ...nullableInstant, name: 'missing_since' },
    unrecovered: { type: 'tinyint', default: 0 },
    unsent: { type: 'varchar', length: 8, nullable: true },
    fencedBefore: { ...nullableInstant, name: 'fenced_before' },
    endedAt: { ...nullableInstant, name: 'ended_at' },
    endReason: { type: 'varchar', length: 32, nullable: true, name: 'end_reason' },
  },
});
