import type { Parts, WatchParts } from '../activities/parts.js';
import { freshWatch } from '../domain/cycle/watch-state.js';
import { mayRecover } from '../domain/looks/looked-profile.js';
import type { LookedProfile } from '../domain/looks/looked-profile.js';
import { noNotices, withNotice, type LookedClient } from '../domain/looks/known-notices.js';
import type { LedgerEntry } from '../delivery/ledger/ledger.js';
import type { WatchedRow } from '../store/watched-row.js';

interface Row {
  readonly written: WatchedRow;
  readonly nextCheckAt: number;
  readonly missing?: true;
  readonly ended?: true;
}

/** The rows of watched clients of one story. */
export interface MemoryWatched {
  readonly watched: WatchParts['watched'];
  /** A workflow was started for it: its row is there before the first check, and knows nothing. */
  started(clientId: string): void;
  /** The same rows as looks read them, with what the ledger knows. */
  looked(profiles: () => readonly LookedProfile[], ledger: () => readonly LedgerEntry[]): Parts['looked'];
  /** The row as a look would find it; undefined: it leaves the client alone. */
  rowAt(clientId: string, now: number): (LookedClient & { readonly nextCheckAt: number }) | undefined;
}

export function createMemoryWatched(): MemoryWatched {
  const rows = new Map<string, Row>();
  const began = new Set<string>();
  const done = Promise.resolve();
  const change = (clientId: string, changes: (row: Row) => Row): Promise<void> => {
    const row = rows.get(clientId);
    if (row) rows.set(clientId, changes(row));
    return done;
  };
  const rowAt: MemoryWatched['rowAt'] = (clientId, now) => {
    const row = rows.get(clientId);
    if (!row || row.missing || row.ended || row.nextCheckAt <= now) return undefined;
    const { watch, plannedAt, seenAt, state } = row.written;
    return { clientId, watch, plannedAt, seenAt, held: state === 'held', nextCheckAt: row.nextCheckAt };
  };
  const rowsAt = (clientIds: readonly string[], now: number) =>
    clientIds.flatMap((clientId) => rowAt(clientId, now) ?? []);
  return {
    watched: {
      seen(written) {
        rows.set(written.clientId, { written, nextCheckAt: written.nextCheckAt });
        return done;
      },
      remember: (clientId, watch) =>
        change(clientId, (row) => ({ ...row, written: { ...row.written, watch } })),
      earlier(clientId) {
        const written = rows.get(clientId)?.written;
        if (!written)
          return Promise.resolve(
            began.has(clientId)
              ? { watch: freshWatch, plannedAt: undefined, checkedAt: undefined }
              : undefined,
          );
        const { watch, plannedAt, seenAt, unsent } = written;
        const left = unsent === undefined ? {} : { unsent };
        return Promise.resolve({ watch, plannedAt, checkedAt: seenAt, ...left });
      },
      replanned: (clientId) =>
        change(clientId, (row) => {
          const { missing: _, ...found } = row;
          return found;
        }),
      missing: (clientId, _, nextCheckAt) =>
        change(clientId, (row) => ({ ...row, missing: true, nextCheckAt })),
      unreadable: (clientId, _, nextCheckAt) => change(clientId, (row) => ({ ...row, nextCheckAt })),
      ended: (clientId) => change(clientId, (row) => ({ ...row, ended: true })),
    },
    started: (clientId) => void began.add(clientId),
    looked: (profiles, ledger) => ({
      profiles: () => Promise.resolve(profiles()),
      rowsOf: (clientIds, now) => Promise.resolve(rowsAt(clientIds, now)),
      unrecoveredOf: (clientIds, now) =>
        Promise.resolve(rowsAt(clientIds, now).filter(({ watch }) => mayRecover(watch))),
      noticesOf: (clients) =>
        Promise.resolve(
          new Map(
            clients.map((client) => [
              client.clientId,
              ledger()
                .filter(({ clientId }) => clientId === client.clientId)
                .reduce((known, entry) => withNotice(known, entry, client), noNotices),
            ]),
          ),
        ),
    }),
    rowAt,
  };
}
