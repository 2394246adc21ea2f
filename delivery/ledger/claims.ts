import { randomUUID } from 'node:crypto';
import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import { groupedBy } from '../../store/grouped-by.js';
import { messageOf } from '../../domain/error-message.js';
import { togetherOrAlone } from '../../store/together-or-alone.js';
import { compareTexts } from './compare-texts.js';
import { databaseNow } from './database-now.js';
import type { Claim, Ledger } from './ledger.js';

/** Notices of one statement at most. */
const mostAtOnce = 500;

interface ClaimRequest {
  readonly id: string;
  readonly forMs: number;
}

/** Claims that are asked for at once share their statements. Each notice is claimed or not by itself, and by one of those who ask. */
export function createClaim(database: DataSource): Ledger['claim'] {
  const claims = new DataLoader<ClaimRequest, Claim>(
    async (requests) => {
      const answers = new Map<string, Claim | Error>();
      // Nearly all last equally long. The database's clock counts seconds.
      for (const [seconds, some] of groupedBy(requests, ({ forMs }) => Math.ceil(forMs / 1_000))) {
        const ids = [...new Set(some.map(({ id }) => id))].filter((id) => !answers.has(id));
        const found = await togetherOrAlone(ids, (asked) => claimAll(database, asked, seconds * 1_000));
        ids.forEach((id, i) => answers.set(id, found[i]!));
      }
      return requests.map(({ id, forMs }) => {
        const claim = answers.get(id)!;
        if (!(claim instanceof Error) && claim.kind === 'claimed') answers.set(id, { kind: 'busy', forMs });
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
): Promise<readonly (Claim | Error)[]> {
  if (ids.length === 0) return [];
  const token = randomUUID();
  await database.query(
    `UPDATE low_balance_notice SET claim = ?, claimed_until = ${databaseNow} + ?
     WHERE id IN (?) AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= ${databaseNow})`,
    [token, forMs, ids],
  );
  const rows = await database.query<PendingRow[]>(
    `SELECT n.id, n.claim, n.claimed_until - ${databaseNow} AS busy, n.content, r.address FROM low_balance_notice n
     LEFT JOIN low_balance_notice_recipient r ON r.notice_id = n.id AND r.state = 'pending'
     WHERE n.id IN (?) AND n.state = 'pending'`,
    [ids],
  );
  const byNotice = groupedBy(rows, ({ id }) => id);
  return ids.map((id) => claimOf(byNotice.get(id) ?? [], token));
}

/** A notice that is to be sent, once for each address to which it was not sent yet; once without one where there is none. */
interface PendingRow {
  readonly id: string;
  readonly claim: string | null;
  readonly busy: string | null;
  readonly content: string | null;
  readonly address: string | null;
}

function claimOf(rows: readonly PendingRow[], token: string): Claim | Error {
  const [notice] = rows;
  if (!notice) return { kind: 'settled' };
  if (notice.claim !== token) return { kind: 'busy', forMs: Math.max(0, Number(notice.busy ?? 0)) };
  try {
    return {
      kind: 'claimed',
      token,
      content: JSON.parse(notice.content ?? '{}') as object,
      recipients: rows.flatMap(({ address }) => address ?? []).sort(compareTexts),
    };
  } catch (error) {
    return new Error(`notice ${notice.id}: its content is no JSON: ${messageOf(error)}`);
  }
}
