import { ok, warning, wrong, type Finding } from '../../domain/finding.js';
import type { Queryable } from '../../store/queryable.js';

/** How sending goes, by the ledger: whatever the worker, the provider and the cause. Instants are epoch milliseconds. */
export interface SendingHealth {
  /** Notices that were tried and are not accepted yet. */
  readonly waiting: number;
  /** When the oldest of them was written; null where there is none. */
  readonly waitingSince: number | null;
  /** Why the last of them was not accepted. */
  readonly lastError: string | null;
  /** The last acceptance of any notice of the last two days; null where there is none. */
  readonly lastAcceptedAt: number | null;
}

/** Looks at the notices of the last two days: older ones that wait are withdrawn by their client's next check. */
export async function readSendingHealth(database: Queryable, now: number): Promise<SendingHealth> {
  const since = now - 2 * 86_400_000;
  const [[waiting], [last], [accepted]] = await Promise.all([
    database.query<{ waiting: string | number; since: string | null }[]>(
      `SELECT COUNT(*) AS waiting, MIN(created_at) AS since FROM low_balance_notice
       WHERE state = 'pending' AND attempts > 0 AND created_at >= ?`,
      [since],
    ),
    database.query<{ error: string | null }[]>(
      `SELECT last_error AS error FROM low_balance_notice
       WHERE state = 'pending' AND attempts > 0 AND created_at >= ? ORDER BY created_at DESC LIMIT 1`,
      [since],
    ),
    database.query<{ at: string | null }[]>(
      'SELECT MAX(accepted_at) AS at FROM low_balance_notice WHERE created_at >= ?',
      [since],
    ),
  ]);
  return {
    waiting: Number(waiting?.waiting ?? 0),
    waitingSince: numberOrNull(waiting?.since),
    lastError: last?.error ?? null,
    lastAcceptedAt: numberOrNull(accepted?.at),
  };
}

function numberOrNull(value: string | null | undefined): number | null {
  return value == null ? null : Number(value);
}

/** The alarm of a worker, as a doctor finds it in the ledger. */
const alarmAfterMs = 300_000;

/** What a doctor says of it: an error where notices wait and none was accepted for 5 minutes, whatever the cause. */
export function findingOfSending(health: SendingHealth, now: number): Finding {
  const { waiting, waitingSince, lastError, lastAcceptedAt } = health;
  if (waiting === 0 || waitingSince === null) return ok('notices', 'none waits to be accepted');
  const minutes = Math.floor((now - Math.max(waitingSince, lastAcceptedAt ?? 0)) / 60_000);
  const waits = `${waiting} ${waiting === 1 ? 'waits' : 'wait'} to be accepted`;
  const why = `The last answer: ${lastError ?? 'none'}`;
  if (now - Math.max(waitingSince, lastAcceptedAt ?? 0) < alarmAfterMs) {
    return warning('notices', `${waits}, and others are accepted. ${why}`);
  }
  return wrong(
    'notices',
    `${waits}, and none was accepted for ${minutes} minutes. ${why}. They are tried until the next check of their clients: mend the cause`,
  );
}
