import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Queryable } from './queryable.js';

/** MySQL's clock, epoch milliseconds. */
export async function databaseNow(database: Queryable): Promise<number> {
  const [row] = await database.query<{ now: string | number }[]>(
    'SELECT FLOOR(UNIX_TIMESTAMP(NOW(6)) * 1000) AS now',
  );
  return Number(row?.now);
}

const askedEveryMs = 60_000;
/** An answer that took no longer tells the time well enough: it may be wrong by half of that. */
const goodAnswerMs = 50;
const awayAgainMs = 1_000;
/** A slow answer is asked for again so soon: what made it slow, as a connection that had to be opened, is mostly over. */
const slowAgainMs = 100;
/** A question whose answer never comes, as of a connection that was cut, is asked again so soon, then after twice the time. */
const unansweredMs = 5_000;
/** As long as the time is not known well, each answer is waited for, but no longer. */
const longestWaitMs = 2_000;
/** A server that is always slow is asked so often, and its best answer counts. */
const mostTries = 5;

/** Opens connections of its own: on a busy pool the wait for a connection must not count as part of the answer's time. */
export interface ClockSource {
  readonly connect: () => Promise<Queryable & { release(): Promise<void> }>;
}

export function clockSource(database: DataSource): ClockSource {
  return {
    async connect() {
      const runner = database.createQueryRunner();
      try {
        await runner.connect();
      } catch (error) {
        await runner.release();
        throw error;
      }
      return runner;
    },
  };
}

/**
 * MySQL's clock without asking for it each time: one for all workers, whose own may be wrong. A notice that was accepted by a clock
 * ahead would count for the cycle after the next refill.
 * - While MySQL does not answer it goes on from what was known, and at the beginning from this machine's clock.
 * - MySQL's clock showed what it says at some moment between the question and the answer, so a slow answer may be wrong by seconds.
 *   It is asked for again soon, and until there was a good one callers wait a little for it.
 * - A slow answer never takes the place of what was known better; that is corrected only where the answer contradicts it.
 */
export function databaseClock(
  { connect }: ClockSource,
  monotonic: () => number = () => performance.now(),
): () => Promise<number> {
  let offsetMs = Date.now() - monotonic();
  let askAt = Number.NEGATIVE_INFINITY;
  let tries = 0;
  let patienceMs = unansweredMs;
  let bestMs = Number.POSITIVE_INFINITY;
  let known = false;
  let running: Question | undefined;
  async function read(): Promise<{ before: number; now: number; after: number }> {
    const connection = await connect();
    try {
      const before = monotonic();
      const now = await databaseNow(connection);
      return { before, now, after: monotonic() };
    } finally {
      await connection.release();
    }
  }
  async function ask(): Promise<void> {
    const { before, now, after } = await read();
    const tookMs = after - before;
    if (known) offsetMs = Math.min(Math.max(offsetMs, now - after), now - before);
    else if (tookMs < bestMs) {
      bestMs = tookMs;
      offsetMs = now - (before + tookMs / 2);
    }
    tries += 1;
    patienceMs = unansweredMs;
    const isGoodEnough = tookMs <= goodAnswerMs || tries >= mostTries;
    askAt = monotonic() + (isGoodEnough ? askedEveryMs : known ? slowAgainMs : 0);
    if (!isGoodEnough) return;
    tries = 0;
    known = true;
  }
  async function askOnce(): Promise<void> {
    askAt = monotonic() + patienceMs;
    patienceMs = Math.min(2 * patienceMs, askedEveryMs);
    try {
      await ask();
    } catch {
      askAt = monotonic() + awayAgainMs;
    }
    running = undefined;
  }
  /** Asks where that is due. The question to wait for: undefined where the time is known well, or MySQL is away. */
  function openQuestion(): Question | undefined {
    if (monotonic() >= askAt) running = { since: monotonic(), answer: askOnce() };
    return known ? undefined : running;
  }
  return async () => {
    for (let question = openQuestion(); question; question = openQuestion()) {
      const leftMs = question.since + longestWaitMs - monotonic();
      if (leftMs <= 0) break;
      await Promise.race([question.answer, sleep(leftMs, undefined, { ref: false })]);
    }
    return Math.round(monotonic() + offsetMs);
  };
}

interface Question {
  /** By the monotonic clock. */
  readonly since: number;
  readonly answer: Promise<void>;
}
