import type { ResellerWebhook } from '../domain/reseller/reseller-file.js';
import { sha256 } from './content-hash.js';
import type { Queryable } from './queryable.js';

/** A webhook whose receiver answered that it wants no more notices. An operator, or an edit of its settings, starts it again. */
export interface StoppedWebhook {
  readonly reseller: string;
  readonly webhook: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly stoppedAt: number;
}

export interface StoppedWebhooks {
  /** Undefined where it goes on. */
  find(reseller: string, webhook: string, settings: ResellerWebhook): Promise<StoppedWebhook | undefined>;
  /** With the settings that the receiver was called by: one that was edited meanwhile goes on. */
  stop(stopped: StoppedWebhook, settings: ResellerWebhook): Promise<void>;
}

export function createStoppedWebhooks(own: Queryable): StoppedWebhooks {
  return {
    async find(reseller, webhook, settings) {
      const rows = await own.query<Row[]>(
        'SELECT reseller, webhook, reason, stopped_at FROM low_balance_stopped_webhook WHERE reseller = ? AND webhook = ? AND settings_hash = ?',
        [reseller, webhook, hashOf(settings)],
      );
      return rows.map(stoppedOf)[0];
    },
    async stop({ reseller, webhook, reason, stoppedAt }, settings) {
      await own.query(
        `INSERT INTO low_balance_stopped_webhook (reseller, webhook, settings_hash, reason, stopped_at) VALUES (?)
         ON DUPLICATE KEY UPDATE settings_hash = VALUES(settings_hash), reason = VALUES(reason), stopped_at = VALUES(stopped_at)`,
        [[reseller, webhook, hashOf(settings), reason.slice(0, 1_024), stoppedAt]],
      );
    },
  };
}

/** Every webhook that is stopped, by reseller and name. */
export async function readStoppedWebhooks(own: Queryable): Promise<readonly StoppedWebhook[]> {
  const rows = await own.query<Row[]>(
    'SELECT reseller, webhook, reason, stopped_at FROM low_balance_stopped_webhook ORDER BY reseller, webhook',
  );
  return rows.map(stoppedOf);
}

/** Their settings were edited, or an operator wants it: they are called again. Answers how many of them were stopped. */
export async function startWebhooks(
  own: Queryable,
  reseller: string,
  webhooks: readonly string[],
): Promise<number> {
  if (webhooks.length === 0) return 0;
  const { affectedRows } = await own.query<{ affectedRows: number }>(
    'DELETE FROM low_balance_stopped_webhook WHERE reseller = ? AND webhook IN (?)',
    [reseller, webhooks],
  );
  return affectedRows;
}

interface Row {
  readonly reseller: string;
  readonly webhook: string;
  readonly reason: string;
  readonly stopped_at: string;
}

function stoppedOf({ reseller, webhook, reason, stopped_at }: Row): StoppedWebhook {
  return { reseller, webhook, reason, stoppedAt: Number(stopped_at) };
}

function hashOf({ url, secretVariable }: ResellerWebhook): string {
  return sha256(JSON.stringify([url, secretVariable]));
}
