import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  noticesByRule,
  storyOfHistory,
  type BalanceHistory,
  type BalanceStep,
} from '../../scenarios/balance-history.js';
import { HistoryError, readBalanceHistory, type ReadHistory } from '../../scenarios/read-balance-history.js';
import { simulateStory } from '../../scenarios/simulate-story.js';
import { parseDuration } from '../../domain/duration.js';
import { isDecimal, toDecimal, type Decimal } from '../../domain/money.js';
import { isRefill } from '../../domain/refill-amount.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { historyText, writtenNotices, type HistoryResult } from '../review/history-report.js';
import type { Io } from '../shared/io.js';
import { profileToTry } from '../shared/profile-to-try.js';

export interface SimulateOptions {
  readonly folder: string;
  /** A file with a balance history, instead of the linear one of the next options. */
  readonly balanceFrom?: string;
  readonly balance: string;
  readonly perDay: string;
  readonly refill: readonly string[];
  readonly for?: string;
  readonly currency?: string;
  readonly rate?: string;
  readonly creditLimit: string;
  readonly format: 'human' | 'json';
}

/** What a profile would send on a balance that is given. Exit 0; 1: the history cannot be read; 64: usage. */
export async function simulate(profileName: string, options: SimulateOptions, io: Io): Promise<ExitCode> {
  const { id, content } = await profileToTry(profileName, options.folder, io);
  const { history, startAt } = await historyOf(options, io);
  const currency = options.currency ?? content.currency;
  const rates =
    options.rate === undefined
      ? []
      : [{ from: content.currency, to: currency, rate: amountOf('--rate', options.rate) }];
  const toPlay = {
    profileId: id,
    profile: content,
    history,
    client: { currency, creditLimit: amountOf('--credit-limit', options.creditLimit) },
    rates,
  };
  const result: HistoryResult = {
    toPlay,
    played: simulateStory(storyOfHistory(toPlay)),
    ...(startAt === undefined ? {} : { startAt }),
  };
  if (options.format === 'json') {
    const notices = writtenNotices(result);
    io.out(
      `${JSON.stringify({ profile: id, currency, sums: noticesByRule(result.played), notices }, undefined, 2)}\n`,
    );
  } else {
    io.out(historyText(result, io.colour));
  }
  return exitCode.fine;
}

async function historyOf(options: SimulateOptions, io: Io): Promise<ReadHistory> {
  if (options.balanceFrom === undefined) return { history: declining(options), startAt: undefined };
  let text: string;
  try {
    text = await readFile(path.resolve(io.cwd, options.balanceFrom), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(`${options.balanceFrom} cannot be read: ${code}`, exitCode.usage, { cause: error });
  }
  try {
    const read = readBalanceHistory(text);
    if (options.for === undefined) return read;
    return { ...read, history: { ...read.history, untilMs: durationOf('--for', options.for) } };
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    throw new CliError(`${options.balanceFrom}: ${error.message}`, exitCode.findings, { cause: error });
  }
}

const hourMs = 3_600_000;
const longestMs = 3650 * 24 * hourMs;

/** A charge every hour, and refills where they are asked for. */
function declining(options: SimulateOptions): BalanceHistory {
  const untilMs = durationOf('--for', options.for ?? '30d');
  if (untilMs > longestMs) throw new CliError('--for: expected at most 3650d', exitCode.usage);
  const perHour = toDecimal((Number(amountOf('--per-day', options.perDay)) / 24).toFixed(8));
  const hours = perHour === '0' ? 0 : Math.floor(untilMs / hourMs);
  const charges = Array.from({ length: hours }, (_, hour): BalanceStep => {
    return { atMs: (hour + 1) * hourMs, kind: 'charge', amount: perHour };
  });
  const refills = options.refill.map((written): BalanceStep => {
    const [at = '', amount = ''] = written.split('=');
    const added = amountOf('--refill', amount);
    if (!isRefill(added))
      throw new CliError(`--refill: expected an amount above 0, found ${added}`, exitCode.usage);
    return { atMs: durationOf('--refill', at), kind: 'refill', amount: added };
  });
  return {
    startBalance: amountOf('--balance', options.balance),
    steps: [...refills, ...charges].sort((a, b) => a.atMs - b.atMs),
    untilMs,
  };
}

function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new CliError(
      `${flag}: expected a duration such as "24h" or "30d", found "${text}"`,
      exitCode.usage,
    );
  return ms;
}

function amountOf(flag: string, text: string): Decimal {
  if (isDecimal(text)) return toDecimal(text);
  throw new CliError(
    `${flag}: expected an amount such as 12.50, found ${JSON.stringify(text)}`,
    exitCode.usage,
  );
}
