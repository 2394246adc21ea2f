import { randomUUID } from 'node:crypto';
import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import { groupedBy } from '../../store/grouped-by.js';
import { databaseNow } from './database-now.js';
import type { Claim, Ledger } from './ledger.js';

/** Notices of one statement at most. */
const mostAtOnce = 500;

interface Wanted {
  readonly id: string;
  readonly forMs: number;
}

/** Claims that are asked for at once share their statements. Each notice is claimed or not by itself, and by one of those who ask. */
export function createClaim(database: DataSource): Ledger['claim'] {
  const claims = new DataLoader<Wanted, Claim>(
    async (wanted) => {
      const found = new Map<string, Claim>();
      // Nearly all are for as long. The database's clock counts seconds.
      for (const [seconds, some] of groupedBy(wanted, ({ forMs }) => Math.ceil(forMs / 1_000))) {
        const ids = some.map(({ id }) => id).filter((id) => !found.has(id));
        for (const [id, claim] of await claimAll(database, ids, seconds * 1_000)) found.set(id, claim);
      }
      return wanted.map(({ id, forMs }) => {
        const claim = found.get(id) ?? { kind: 'settled' };
        if (claim.kind === 'claimed') found.set(id, { kind: 'busy', forMs });
        return claim;
      });
    },
    { cache: false, maxBatchSize: mostAtOnce },
  );
  return (id, forMs) => claims.load({ id, forMs });
}

async function claimAll(
  database: DataSource,
  ids: readonly string[],
  forMs: number,
): Promise<ReadonlyMap<string, Claim>> {
  if (ids.length === 0) return new Map();
  const token = randomUUID();
  await database.query(
    `UPDATE low_balance_notice SET claim = ?, claimed_until = ${databaseNow} + ?
     WHERE id IN (?) AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= ${databaseNow})`,
    [token, forMs, ids],
  );
  const rows = await database.query<PendingRow[]>(
    `SELECT n.id, n.claim, n.claimed_until - ${databaseNow} AS busy, n.content, r.address FROM low_balance_notice n
     LEFT JOIN low_balance_notice_recipient r ON r.notice_id = n.id AND r.state = 'pending'
     WHERE n.id IN (?) AND n.state = 'pending' ORDER BY n.id, r.address`,
    [ids],
  );
  const byNotice = groupedBy(rows, ({ id }) => id);
  return new Map([...byNotice].map(([id, ofNotice]) => [id, claimOf(ofNotice, token)]));
}

/** A notice that is to be sent, once for each address to which it was not sent yet; once without one where there is none. */
interface PendingRow {
  readonly id: string;
  readonly claim: string | null;
  readonly busy: string | null;
  readonly content: string | null;
  readonly address: string | null;
}

function claimOf(rows: readonly PendingRow[], token: string): Claim {
  const { claim, busy, content } = rows[0]!;
  if (claim !== token) return { kind: 'busy', forMs: Math.max(0, Number(busy ?? 0)) };
  return {
    kind: 'claimed',
    token,
    content: JSON.parse(content ?? '{}') as object,
    recipients: rows.flatMap(({ address }) => address ?? []),
  };
}
