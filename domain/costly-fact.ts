/** Facts of a client that some billing systems can only work out of their call records. */
export type CostlyFact = 'last_charge_at' | 'last_refill_amount' | 'daily_spend';
