import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import type { Ledger } from './ledger.js';

/** Clients of one statement at most. */
const mostAtOnce = 500;

interface TakeUp {
  readonly clientId: string;
  readonly at: number;
}

/** Clients that are taken up at once share a statement. Where one comes late, the later instant stays. */
export function createTakeUp(database: DataSource): Ledger['takeUp'] {
  const takeUps = new DataLoader<TakeUp, void>(
    async (together) => {
      const at = together.map(() => 'WHEN ? THEN ?').join(' ');
      await database.query(
        `UPDATE low_balance_watched_client
         SET taken_up_at = GREATEST(COALESCE(taken_up_at, 0), CASE client_id ${at} END)
         WHERE client_id IN (?)`,
        [...together.flatMap((each) => [each.clientId, each.at]), together.map(({ clientId }) => clientId)],
      );
      return together.map(() => undefined);
    },
    { cache: false, maxBatchSize: mostAtOnce },
  );
  return (clientId, at) => takeUps.load({ clientId, at });
}
