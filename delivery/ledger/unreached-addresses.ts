import type { DataSource } from 'typeorm';
import type { Delivery } from '../delivery-report.js';

/** What became of mail to an address that it did not reach. */
export type UnreachedDelivery = Exclude<Delivery, 'delivered' | 'deferred'>;

/** The addresses that mail did not reach lately, in lower case, each with what became of the last mail. */
export interface UnreachedAddresses {
  /** Never waits for the database, but for the first time. */
  known(): Promise<ReadonlyMap<string, UnreachedDelivery>>;
}

export interface UnreachedAddressesOptions {
  /** Older knowledge is read anew, in the background; default 30,000. */
  readonly refreshEveryMs?: number;
  /** What could not be read is tried again at the next refresh. */
  readonly onError: (error: unknown) => void;
}

/** Rows written by a slow transaction may carry a time that was read already. */
const overlapMs = 60_000;

/**
 * Keeps the addresses of all clients in memory, so that a check costs no query for them: a worker reads what changed
 * every half minute, however many clients it checks.
 */
export function createUnreachedAddresses(
  database: DataSource,
  { refreshEveryMs = 30_000, onError }: UnreachedAddressesOptions,
): UnreachedAddresses {
  const unreachedAddresses = new Map<string, UnreachedDelivery>();
  let changedUpTo: number | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const [clock] = await database.query<{ now: string }[]>('SELECT UNIX_TIMESTAMP() * 1000 AS now');
    const rows = await database.query<{ address: string; delivery: UnreachedDelivery; unreached: number }[]>(
      changedUpTo === undefined
        ? 'SELECT address, delivery, unreached FROM low_balance_address WHERE unreached = 1'
        : 'SELECT address, delivery, unreached FROM low_balance_address WHERE changed_at >= ?',
      changedUpTo === undefined ? [] : [changedUpTo - overlapMs],
    );
    for (const { address, delivery, unreached } of rows) {
      if (unreached === 1) unreachedAddresses.set(address, delivery);
      else unreachedAddresses.delete(address);
    }
    changedUpTo = Number(clock?.now ?? 0);
  }

  function refresh(): Promise<void> {
    readAt = performance.now();
    reading ??= read()
      .catch(onError)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  return {
    async known() {
      if (changedUpTo === undefined && readAt < 0) await refresh();
      else if (reading && changedUpTo === undefined) await reading;
      else if (performance.now() - readAt > refreshEveryMs) void refresh();
      return unreachedAddresses;
    },
  };
}
