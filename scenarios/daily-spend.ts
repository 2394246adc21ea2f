import { divide, add, compare, subtract, type Decimal } from '../domain/money.js';

const dayMs = 86_400_000;
const daysOfMean = 7;

/** How a balance went. Times are milliseconds after the start. */
interface SpendHistory {
  readonly startBalance: Decimal;
  readonly steps: readonly {
    readonly atMs: number;
    readonly kind: 'balance' | 'charge' | 'refill' | 'adjustment';
    readonly amount: Decimal;
  }[];
  readonly untilMs: number;
}

/** What a client spends in a day, from an instant on. */
export interface DailySpendAt {
  readonly atMs: number;
  readonly dailySpend: Decimal;
}

/** A history's daily spend: from its first day on, each day the mean of the last seven days that are known. */
export function dailySpendOf(history: SpendHistory): readonly DailySpendAt[] {
  const spent = spentByDay(history);
  return spent.map((_, day) => {
    const days = spent.slice(Math.max(0, day + 1 - daysOfMean), day + 1);
    const sum = days.reduce((total, each) => add(total, each), '0');
    return { atMs: (day + 1) * dayMs, dailySpend: divide(sum, String(days.length)) };
  });
}

/** Charges of each whole day. Where a history has balances instead of charges, what they fell by. */
function spentByDay({ startBalance, steps, untilMs }: SpendHistory): readonly Decimal[] {
  const spent: Decimal[] = Array.from({ length: Math.floor(untilMs / dayMs) }, () => '0');
  let balance = startBalance;
  for (const { atMs, kind, amount } of steps) {
    const day = Math.floor(Math.max(0, atMs - 1) / dayMs);
    const fell = kind === 'balance' && compare(amount, balance) < 0 ? subtract(balance, amount) : '0';
    const charge = kind === 'charge' ? amount : fell;
    if (spent[day] !== undefined) spent[day] = add(spent[day], charge);
    if (kind === 'balance') balance = amount;
    else balance = kind === 'charge' ? subtract(balance, amount) : add(balance, amount);
  }
  return spent;
}
