import { BillingTimeoutError, type Billing, type ClientRead, type ReadFor } from '../billing.js';

/** Clients of one statement at most, and at the beginning. */
const mostAtOnce = 500;
const firstAtOnce = 100;
/** Statements at a time: a slow view must not fill the server. */
const lanes = 4;
/** Callers with more patience than that have lanes of their own: some clients that take long must not keep all others waiting. */
const quickWithinMs = 5_000;
const patientLanes = 2;
/** A statement for several clients that takes longer asked for too many. */
const longMs = 500;
const shortMs = 100;
/** Several clients in one statement are given up after this, and asked for in smaller groups. */
const groupLimitMs = 1_000;
/** With less left, nothing can be read any more. */
const leastMs = 20;
const defaultWithinMs = 25_000;

export type Found = ClientRead | Error | undefined;

/** A promise for each client, in their order, kept as soon as that client was read: none waits for a slower one. None is ever rejected. */
export type PacedReads = (clientIds: readonly string[], needed: ReadFor) => readonly Promise<Found>[];

/**
 * Reads of many clients in statements as large as the views allow: fewer clients at once where they answer slowly, more where they answer
 * fast. Each caller waits as long as it said; a statement that nobody waits for any more is not sent, and one under way is stopped by the
 * server.
 */
export function pacedReads(readClients: Billing['readClients']): PacedReads {
  let atOnce = firstAtOnce;
  const quick = createLanes(lanes);
  const patient = createLanes(patientLanes);

  /** In a lane. Answers undefined where the group was too large; never rejects. */
  const readGroup = async (
    ids: readonly string[],
    needed: ReadFor,
    leftMs: number,
  ): Promise<readonly Found[] | undefined> => {
    if (ids.length === 0) return [];
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

  return (clientIds, needed) => {
    const withinMs = needed.withinMs ?? defaultWithinMs;
    const until = performance.now() + withinMs;
    const lane = withinMs > quickWithinMs ? patient : quick;
    const asked = new Map(clientIds.map((id) => [id, createAnswer()]));
    const readAll = async (ids: readonly string[]): Promise<void> => {
      const left = [...ids];
      const drain = async (): Promise<void> => {
        while (left.length > 0) {
          await lane.enter();
          const group = left.splice(0, atOnce);
          const leftMs = until - performance.now();
          const read = leftMs < leastMs ? group.map(tooLate) : await readGroup(group, needed, leftMs);
          lane.leave();
          if (read) group.forEach((id, index) => asked.get(id)!.give(read[index]));
          else await readAll(group);
        }
      };
      await Promise.all(Array.from({ length: Math.min(lane.count, ids.length) }, drain));
    };
    void readAll([...asked.keys()]);
    return clientIds.map((id) => asked.get(id)!.given);
  };
}

interface Answer {
  readonly given: Promise<Found>;
  readonly give: (found: Found) => void;
}

function createAnswer(): Answer {
  let give!: Answer['give'];
  const given = new Promise<Found>((resolve) => (give = resolve));
  return { given, give };
}

/** So many at a time, in the order in which they came. */
function createLanes(count: number): { readonly count: number; enter(): Promise<void>; leave(): void } {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return {
    count,
    async enter() {
      if (busy >= count) await new Promise<void>((resolve) => waiting.push(resolve));
      else busy += 1;
    },
    leave() {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    },
  };
}

function tooLate(): BillingTimeoutError {
  return new BillingTimeoutError(
    'the billing views are too slow: other clients were read first, until the time for this one was over; docs/billing-views.md says how to make them fast',
  );
}
