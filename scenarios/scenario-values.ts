export type ScenarioStatus = 'active' | 'suspended' | 'closed';

/** An exchange rate of the billing system: an amount in `from`, times `rate`, is the amount in `to`. */
export interface ScenarioRate {
  /**
   * The profile's currency.
   * @pattern ^[A-Z]{3}$
   * @examples ["USD"]
   */
  readonly from: string;
  /**
   * The client's currency.
   * @pattern ^[A-Z]{3}$
   * @examples ["EUR"]
   */
  readonly to: string;
  /**
   * How much of `to` one unit of `from` is; `null` takes the rate away.
   * @examples ["0.9"]
   */
  readonly rate: Amount | null;
}

/**
 * An exact decimal amount: a number, or its digits as text where a number would lose some.
 * @pattern ^-?\d{1,30}(\.\d{1,30})?$
 */
export type Amount = number | string;

/**
 * A time after the scenario's start: digits and s, m, h, d or w, combinable; "0s" is the start.
 * @pattern ^(\d{1,9}[smhdw])+$
 */
export type Offset = string;

/**
 * A time before ("-2h") or after the scenario's start.
 * @pattern ^-?(\d{1,9}[smhdw])+$
 */
export type SignedOffset = string;
