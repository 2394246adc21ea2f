import currencies from 'currency-codes';

/** Whether ISO 4217 knows a currency of that code, which is written in capitals. */
export function knownCurrency(code: string): boolean {
  return code === currencies.code(code)?.code;
}
