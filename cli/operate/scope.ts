import type { HoldScope } from '../../domain/brake.js';

/** What of the fleet is meant: exactly one of them, as the verbs' `refuse` makes sure. */
export interface ScopeOptions {
  readonly all: boolean;
  readonly reseller?: string;
  readonly profile?: string;
}

export function scopeOf({ reseller, profile }: ScopeOptions): HoldScope {
  if (reseller !== undefined) return { kind: 'reseller', reseller };
  return profile === undefined ? { kind: 'all' } : { kind: 'profile', profileId: profile };
}
