import type { Claim, Ledger, LedgerEntry, LedgerNotice } from './ledger.js';

/** A notice in memory, with those who are still to be sent to. */
interface Kept {
  readonly notice: LedgerNotice;
  entry: LedgerEntry;
  pending: readonly string[];
}

/** The ledger of one story, for its one worker. */
export interface MemoryLedger extends Ledger {
  /** Every notice that was accepted, in the order in which they were written. */
  told(): readonly LedgerNotice[];
}

export function createMemoryLedger(): MemoryLedger {
  const kept = new Map<string, Kept>();
  const ofCheck = (clientId: string, checkAt: number): readonly Kept[] =>
    [...kept.values()].filter(({ notice }) => notice.clientId === clientId && notice.checkAt === checkAt);
  const change = (id: string, changes: Partial<LedgerEntry>): void => {
    const found = kept.get(id);
    if (found) found.entry = { ...found.entry, ...changes };
  };
  return {
    told: () =>
      [...kept.values()].filter(({ entry }) => entry.state === 'accepted').map(({ notice }) => notice),
    find: (clientId, checkAt) => Promise.resolve(ofCheck(clientId, checkAt).map(({ entry }) => entry)),
    open(notices) {
      const isNew = !notices.some(({ id }) => kept.has(id));
      if (isNew) for (const notice of notices) kept.set(notice.id, keep(notice));
      return Promise.resolve(isNew);
    },
    claim: (id) => Promise.resolve(claimOf(kept.get(id))),
    accepted(id, { recipients, messageId }, at) {
      const found = kept.get(id);
      if (found) {
        found.pending = found.pending.filter((address) => !recipients.includes(address));
        const state = found.pending.length === 0 ? 'accepted' : found.entry.state;
        change(id, { state, messageId, acceptedAt: found.entry.acceptedAt ?? at });
      }
      return Promise.resolve();
    },
    failed(id, { final, reason }) {
      const attempts = (kept.get(id)?.entry.attempts ?? 0) + 1;
      change(id, { attempts, lastError: reason, ...(final ? { state: 'failed' } : {}) });
      return Promise.resolve();
    },
    withdraw(clientId, checkAt) {
      for (const { entry } of ofCheck(clientId, checkAt)) {
        if (entry.state === 'pending')
          change(entry.id, { state: entry.acceptedAt === null ? 'withdrawn' : 'accepted' });
      }
      return Promise.resolve(0);
    },
    withdrawAll(clientId) {
      let withdrawn = false;
      for (const { notice, entry } of kept.values()) {
        if (notice.clientId !== clientId || entry.state !== 'pending') continue;
        change(entry.id, { state: entry.acceptedAt === null ? 'withdrawn' : 'accepted' });
        withdrawn = true;
      }
      return Promise.resolve({ busyMs: 0, withdrawn });
    },
    acceptedSince: ({ clientId, profileId, refillAt, checkAt }) =>
      Promise.resolve(
        [...kept.values()].flatMap(({ notice, entry }) =>
          notice.clientId === clientId &&
          notice.profileId === profileId &&
          (entry.acceptedAt ?? -Infinity) >= refillAt &&
          notice.checkAt >= checkAt
            ? [
                {
                  rules: notice.rules,
                  recovered: notice.recovered,
                  at: entry.acceptedAt!,
                  checkAt: notice.checkAt,
                  ...(notice.instant === null ? {} : { instant: notice.instant }),
                },
              ]
            : [],
        ),
      ),
    reached: (clientId, checkAt, rule) =>
      Promise.resolve(
        ofCheck(clientId, checkAt)
          .filter(({ notice, entry }) => notice.rules.includes(rule) && entry.acceptedAt !== null)
          .flatMap(({ notice: { recipients, audience, channel }, pending }) =>
            recipients
              .filter((address) => !pending.includes(address))
              .map((address) => ({ address, audience, channel })),
          ),
      ),
  };
}

function keep(notice: LedgerNotice): Kept {
  const { recipients, leftOut: _, content: __, ...said } = notice;
  return {
    notice,
    pending: recipients,
    entry: {
      ...said,
      state: 'pending',
      messageId: null,
      acceptedAt: null,
      lastError: null,
      attempts: 0,
    },
  };
}

function claimOf(found: Kept | undefined): Claim {
  if (found?.entry.state !== 'pending') return { kind: 'settled' };
  return { kind: 'claimed', token: 'one worker', content: found.notice.content, recipients: found.pending };
}
