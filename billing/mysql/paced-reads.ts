import { BillingTimeoutError, type Billing, type ClientRead, type ReadFor } from '../billing.js';

/** Clients of one statement at most, and at the beginning. */
const mostAtOnce = 500;
const firstAtOnce = 100;
/** Statements at a time: a slow view must not fill the server. */
const lanes = 4;
/** A statement for several clients that takes longer asked for too many. */
const longMs = 500;
const shortMs = 100;
/** Several clients in one statement are given up after this, and asked for in smaller groups. */
const groupLimitMs = 1_000;
/** With less left, nothing can be read any more. */
const leastMs = 20;
const defaultWithinMs = 25_000;

type Found = ClientRead | Error | undefined;

/**
 * Reads of many clients in statements as large as the views allow: fewer clients at once where they answer slowly, more where they answer
 * fast. Each caller waits as long as it said; a statement that nobody waits for any more is not sent, and one under way is stopped by the
 * server.
 */
export function pacedReads(readClients: Billing['readClients']): Billing['readClients'] {
  let atOnce = firstAtOnce;
  let busy = 0;
  const waiting: (() => void)[] = [];

  const enter = async (): Promise<void> => {
    if (busy >= lanes) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  };

  /** In a lane. Answers undefined where the group was too large. */
  const readGroup = async (
    ids: readonly string[],
    needed: ReadFor,
    leftMs: number,
  ): Promise<readonly Found[] | undefined> => {
    const limitMs = ids.length > 1 ? Math.min(leftMs / 4, groupLimitMs) : leftMs;
    const from = performance.now();
    try {
      const found = await readClients(ids, { ...needed, withinMs: limitMs });
      const tookMs = performance.now() - from;
      if (tookMs > longMs) atOnce = Math.max(1, Math.floor(ids.length / 2));
      else if (tookMs < shortMs && ids.length >= atOnce) atOnce = Math.min(mostAtOnce, atOnce * 2);
      return found;
    } catch (error) {
      if (!(error instanceof BillingTimeoutError)) return ids.map(() => error as Error);
      if (ids.length === 1) return [error];
      atOnce = Math.max(1, Math.floor(ids.length / 4));
      return undefined;
    }
  };

  return async (clientIds, needed) => {
    const until = performance.now() + (needed.withinMs ?? defaultWithinMs);
    const found = new Map<string, Found>();
    const readAll = async (ids: readonly string[]): Promise<void> => {
      const left = [...ids];
      const drain = async (): Promise<void> => {
        while (left.length > 0) {
          await enter();
          const group = left.splice(0, atOnce);
          let read: readonly Found[] | undefined = [];
          try {
            const leftMs = until - performance.now();
            if (group.length > 0)
              read = leftMs < leastMs ? group.map(tooLate) : await readGroup(group, needed, leftMs);
          } finally {
            leave();
          }
          if (read) group.forEach((id, index) => found.set(id, read[index]));
          else await readAll(group);
        }
      };
      await Promise.all(Array.from({ length: lanes }, drain));
    };
    await readAll([...new Set(clientIds)]);
    return clientIds.map((id) => found.get(id));
  };
}

function tooLate(): BillingTimeoutError {
  return new BillingTimeoutError(
    'the billing views are too slow: other clients were read first, until the time for this one was over; docs/billing-views.md says how to make them fast',
  );
}
