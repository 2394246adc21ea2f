import { add, subtract, type Decimal } from '../domain/money.js';

/** One change of a balance. Times are milliseconds after the start. */
export interface BalanceStep {
  readonly atMs: number;
  /** `balance`: it is set to the amount. `adjustment`: the amount is added, and is neither charge nor refill. */
  readonly kind: 'balance' | 'charge' | 'refill' | 'adjustment';
  readonly amount: Decimal;
}

/** How a client's balance went, given or recorded. */
export interface BalanceHistory {
  readonly startBalance: Decimal;
  /** By time. */
  readonly steps: readonly BalanceStep[];
  readonly untilMs: number;
}

/** The balance from an instant on. */
export interface BalanceAt {
  readonly atMs: number;
  readonly balance: Decimal;
}

/** The balance after each step, beginning with the start. */
export function balancesOf({ startBalance, steps }: BalanceHistory): readonly BalanceAt[] {
  const balances: BalanceAt[] = [{ atMs: 0, balance: startBalance }];
  let balance = startBalance;
  for (const { atMs, kind, amount } of steps) {
    if (kind === 'balance') balance = amount;
    else balance = kind === 'charge' ? subtract(balance, amount) : add(balance, amount);
    balances.push({ atMs, balance });
  }
  return balances;
}

/** The available balance at an instant. */
export function availableAt(balances: readonly BalanceAt[], creditLimit: Decimal, atMs: number): Decimal {
  let from = 0;
  for (let to = balances.length - 1; from < to;) {
    const middle = Math.ceil((from + to) / 2);
    if ((balances[middle]?.atMs ?? Infinity) <= atMs) from = middle;
    else to = middle - 1;
  }
  return add(balances[from]?.balance ?? '0', creditLimit);
}
