import type { WatchParts } from '../activities/parts.js';
import type { EarlierWatch } from '../store/watched-clients.js';

/** The rows of watched clients of one story. */
export function createMemoryWatched(): WatchParts['watched'] {
  const rows = new Map<string, EarlierWatch>();
  const done = Promise.resolve();
  return {
    seen({ clientId, watch, plannedAt, seenAt, unsent }) {
      rows.set(clientId, {
        watch,
        plannedAt,
        checkedAt: seenAt,
        ...(unsent === undefined ? {} : { unsent }),
      });
      return done;
    },
    remember(clientId, watch) {
      const row = rows.get(clientId);
      if (row) rows.set(clientId, { ...row, watch });
      return done;
    },
    earlier: (clientId) => Promise.resolve(rows.get(clientId)),
    replanned: () => done,
    missing: () => done,
    unreadable: () => done,
    ended: () => done,
  };
}
