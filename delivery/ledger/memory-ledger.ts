import { randomUUID } from 'node:crypto';
import type { NoticeState, RecipientState } from '../../store/rows.js';
import { compareTexts } from './compare-texts.js';
import type { Claim, FailedAttempt, Ledger, LedgerEntry, LedgerNotice } from './ledger.js';
import { compareEntries, openedEntries, openedEntry } from './opened-entries.js';

/** A notice in memory, with what became of it for each address. */
interface Kept {
  readonly notice: LedgerNotice;
  entry: LedgerEntry;
  readonly recipients: Map<string, RecipientState>;
  claim: { readonly token: string; readonly until: number } | undefined;
}

/** The ledger of one story. */
export interface MemoryLedger extends Ledger {
  /** Every notice that was accepted, in the order in which they were written. */
  told(): readonly LedgerNotice[];
  entries(): readonly LedgerEntry[];
}

const isSettled = (state: NoticeState): boolean => state === 'accepted' || state === 'failed';

/** `now` times the claims, milliseconds. */
export function createMemoryLedger(now: () => number = Date.now): MemoryLedger {
  const kept = new Map<string, Kept>();
  const fences = new Map<string, number>();
  const all = (): readonly Kept[] => [...kept.values()];
  const ofClient = (clientId: string): readonly Kept[] =>
    all().filter(({ notice }) => notice.clientId === clientId);
  const ofCheck = (clientId: string, checkAt: number): readonly Kept[] =>
    ofClient(clientId)
      .filter(({ notice }) => notice.checkAt === checkAt)
      .sort((a, b) => compareEntries(a.notice, b.notice));
  return {
    told: () =>
      all()
        .filter(({ entry }) => entry.state === 'accepted')
        .map(({ notice }) => notice),
    entries: () => all().map(({ entry }) => entry),
    find: (clientId, checkAt) => Promise.resolve(ofCheck(clientId, checkAt).map(({ entry }) => entry)),
    open(notices, { scheduledAt }) {
      if (notices.some(({ id }) => kept.has(id))) return Promise.resolve({ kind: 'known' });
      if (notices.some(({ clientId }) => scheduledAt < (fences.get(clientId) ?? 0)))
        return Promise.resolve({ kind: 'fenced' });
      for (const notice of notices) kept.set(notice.id, keep(notice));
      return Promise.resolve({ kind: 'opened', entries: openedEntries(notices) });
    },
    fence(clientId, before) {
      fences.set(clientId, Math.max(before, fences.get(clientId) ?? 0));
      return Promise.resolve();
    },
    claim: (id, forMs) => Promise.resolve(claimOf(kept.get(id), now(), forMs)),
    accepted(id, { messageId, recipients, refused }, at) {
      const found = kept.get(id);
      if (!found) return Promise.resolve();
      for (const address of recipients) note(found, address, 'accepted');
      for (const { address } of refused) note(found, address, 'refused');
      const { entry } = found;
      const state = pendingOf(found).length === 0 ? 'accepted' : entry.state;
      found.entry = {
        ...entry,
        state,
        messageId: entry.messageId ?? messageId,
        acceptedAt: entry.acceptedAt ?? at,
        attempts: entry.attempts + 1,
        lastError: null,
      };
      if (state !== 'pending') found.claim = undefined;
      return Promise.resolve();
    },
    failed(id, attempt) {
      const found = kept.get(id);
      if (found?.entry.state === 'pending') noteFailure(found, attempt);
      return Promise.resolve();
    },
    withdraw: (clientId, checkAt) => Promise.resolve(withdraw(ofCheck(clientId, checkAt), now())),
    withdrawAll(clientId, before) {
      const all = ofClient(clientId);
      const pending = all.filter(({ entry, notice }) => entry.state === 'pending' && notice.checkAt < before);
      return Promise.resolve({
        busyMs: withdraw(pending, now()),
        withdrawn: pending.length > 0,
        notices: all.length,
      });
    },
    acceptedSince: ({ clientId, profileId, refillAt, checkAt }) =>
      Promise.resolve(
        ofClient(clientId)
          .filter(({ notice }) => notice.profileId === profileId && notice.checkAt >= checkAt)
          .flatMap(({ entry }) =>
            entry.acceptedAt !== null && entry.acceptedAt >= refillAt
              ? [acceptedNotice(entry, entry.acceptedAt)]
              : [],
          )
          .sort((a, b) => a.at - b.at),
      ),
    settledSince: (clientId, checkAt) =>
      Promise.resolve(
        ofClient(clientId).some(({ notice, entry }) => notice.checkAt >= checkAt && isSettled(entry.state)),
      ),
    reached: (clientId, checkAt, rule) =>
      Promise.resolve(
        ofCheck(clientId, checkAt)
          .filter(({ notice }) => notice.rules.includes(rule))
          .flatMap(({ notice: { audience, channel }, recipients }) =>
            [...recipients].flatMap(([address, state]) =>
              state === 'accepted' ? [{ address, audience, channel }] : [],
            ),
          )
          .sort((a, b) => compareTexts(a.address, b.address)),
      ),
  };
}

function keep(notice: LedgerNotice): Kept {
  const { recipients, leftOut } = notice;
  const states = new Map<string, RecipientState>(leftOut.map(({ address }) => [address, 'left-out']));
  for (const address of recipients) states.set(address, 'pending');
  return {
    notice,
    recipients: states,
    claim: undefined,
    entry: openedEntry(notice),
  };
}

function note({ recipients }: Kept, address: string, state: RecipientState): void {
  if (recipients.has(address)) recipients.set(address, state);
}

function pendingOf({ recipients }: Kept): readonly string[] {
  return [...recipients]
    .flatMap(([address, state]) => (state === 'pending' ? [address] : []))
    .sort(compareTexts);
}

function settlePending(found: Kept, state: RecipientState): void {
  for (const address of pendingOf(found)) note(found, address, state);
}

function claimOf(found: Kept | undefined, now: number, forMs: number): Claim {
  if (found?.entry.state !== 'pending') return { kind: 'settled' };
  if (found.claim && found.claim.until > now) return { kind: 'busy', forMs: found.claim.until - now };
  const token = randomUUID();
  found.claim = { token, until: now + forMs };
  return { kind: 'claimed', token, content: found.notice.content, recipients: pendingOf(found) };
}

function noteFailure(found: Kept, { token, reason, final }: FailedAttempt): void {
  const { entry } = found;
  found.entry = {
    ...entry,
    attempts: entry.attempts + 1,
    lastError: reason.slice(0, 4_000),
    state: final ? settledState(entry, 'failed') : entry.state,
  };
  if (found.claim?.token === token) found.claim = undefined;
  if (final) settlePending(found, 'refused');
}

/** A notice that some were notified by is accepted, whatever became of the others. */
function settledState({ acceptedAt }: LedgerEntry, otherwise: NoticeState): NoticeState {
  return acceptedAt === null ? otherwise : 'accepted';
}

/** Answers for how long somebody may still be sending one of them. */
function withdraw(notices: readonly Kept[], now: number): number {
  let busyMs = 0;
  for (const found of notices) {
    if (found.entry.state !== 'pending') continue;
    if (found.claim && found.claim.until > now) {
      busyMs = Math.max(busyMs, found.claim.until - now);
      continue;
    }
    found.entry = { ...found.entry, state: settledState(found.entry, 'withdrawn') };
    found.claim = undefined;
    settlePending(found, 'withdrawn');
  }
  return busyMs;
}

function acceptedNotice({ rules, recovered, checkAt, instant }: LedgerEntry, at: number) {
  return {
    rules,
    ...(recovered.length === 0 ? {} : { recovered }),
    at,
    checkAt,
    ...(instant === null ? {} : { instant }),
  };
}
