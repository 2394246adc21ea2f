/** @errorMessage expected "active", "suspended" or "closed" */
export type ScenarioStatus = 'active' | 'suspended' | 'closed';

/** An exchange rate of the billing system: an amount in `from`, times `rate`, is the amount in `to`. */
export interface ScenarioRate {
  /**
   * The profile's currency.
   * @pattern ^[A-Z]{3}$
   * @errorMessage expected an ISO 4217 currency code in quotes, such as "USD"
   * @examples ["USD"]
   */
  readonly from: string;
  /**
   * The client's currency.
   * @pattern ^[A-Z]{3}$
   * @errorMessage expected an ISO 4217 currency code in quotes, such as "USD"
   * @examples ["EUR"]
   */
  readonly to: string;
  /**
   * How much of `to` one unit of `from` is; `null` takes the rate away.
   * @errorMessage expected a rate such as 0.9 or "0.9", or null
   * @examples ["0.9"]
   */
  readonly rate: PositiveAmount | null;
}

/**
 * An exact decimal amount: a number, or its digits as text where a number would lose some.
 * @pattern ^-?\d{1,30}(\.\d{1,30})?$
 * @errorMessage expected an amount such as 12.5 or "12.50"
 */
export type Amount = number | string;

/**
 * An exact decimal amount of at least 0.
 * @pattern ^\d{1,30}(\.\d{1,30})?$
 * @minimum 0
 * @errorMessage expected an amount of at least 0, such as 12.5 or "12.50"
 */
export type UnsignedAmount = number | string;

/**
 * An exact decimal amount above 0.
 * @pattern ^(?=.*[1-9])\d{1,30}(\.\d{1,30})?$
 * @exclusiveMinimum 0
 * @errorMessage expected an amount above 0, such as 12.5 or "12.50"
 */
export type PositiveAmount = number | string;

/**
 * A time after the scenario's start: digits and s, m, h, d or w, combinable; "0s" is the start.
 * @pattern ^(\d{1,9}[smhdw])+$
 * @errorMessage expected a time such as "25h" or "1d12h"
 */
export type Offset = string;

/**
 * A time before ("-2h") or after the scenario's start.
 * @pattern ^-?(\d{1,9}[smhdw])+$
 * @errorMessage expected a time such as "25h", or "-2h" before the start
 */
export type SignedOffset = string;
