/** Rule 15: why a rule sends (`low`, `recovered`) or stays quiet (all others), in the order in which they are asked. */
export type Reason =
  | 'suspended'
  | 'unknown'
  | 'no-basis'
  | 'muted'
  | 'not-low'
  | 'already-low'
  | 'max-qty-reached'
  | 'active'
  | 'no-recipient'
  | 'outside-hours'
  | 'told-recently'
  | 'held'
  | 'low'
  | 'recovered';
