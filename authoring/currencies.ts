import currencies from 'currency-codes';

/** Whether ISO 4217 knows a currency of that code. */
export function knownCurrency(code: string): boolean {
  return currencies.code(code) !== undefined;
}
