/** Rule 23: how many clients may be notified of a low balance within an hour, before further notices are held. */
export interface BrakePolicy {
  /** Always allowed, however small the fleet is. */
  readonly clients: number;
  /** Of the watched clients; the larger of both counts. */
  readonly percentOfFleet: number;
}

export const defaultBrakePolicy: BrakePolicy = { clients: 50, percentOfFleet: 25 };

/** The window in which notified clients are counted, milliseconds. */
export const brakeWindowMs = 3_600_000;

/** How many clients may be notified within the window; `fleet` is the number of watched clients. */
export function brakeLimit({ clients, percentOfFleet }: BrakePolicy, fleet: number): number {
  return Math.max(clients, Math.floor((fleet * percentOfFleet) / 100));
}

/** What the brake goes by, in clients. */
export interface BrakeCounts {
  readonly limit: number;
  /** Notified within the window. */
  readonly counted: number;
  /** Of which notices are held. */
  readonly held: number;
}

/**
 * How many further clients may be notified now. While the brake holds notices, time alone lets nobody through: not before those who
 * wait are so few that they stay within the limit, or somebody releases it.
 */
export function leftByBrake({ limit, counted, held }: BrakeCounts, holds: boolean): number {
  return holds && counted + held > limit ? 0 : Math.max(0, limit - counted);
}

/** A small fleet that is held is checked again so soon, milliseconds. */
const heldAgainMs = 300_000;
/** Of a large one so many are checked again in a second at most: they would be on top of all other checks. */
const heldChecksPerSecond = 200;

/** How soon a held client is checked again at the latest, milliseconds; `fleet` is the number of watched clients. */
export function heldAgainWithinMs(fleet: number): number {
  return Math.max(heldAgainMs, Math.ceil((fleet * 1_000) / heldChecksPerSecond));
}

/** What a hold by hand stops: every notice, those of a reseller's clients, or those by a profile. */
export type HoldScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'reseller'; readonly reseller: string }
  | { readonly kind: 'profile'; readonly profileId: string };

/** A hold that somebody put on by hand. Instants are epoch milliseconds. */
export interface Hold {
  readonly id: string;
  readonly scope: HoldScope;
  /** Null: until it is released. */
  readonly until: number | null;
  readonly by: string;
  readonly why: string;
  readonly since: number;
  readonly released: { readonly at: number; readonly by: string; readonly why: string } | null;
}

/** Whose notice is asked about. */
export interface HoldSubject {
  /** The client's reseller: its folder, and its id in the billing data. */
  readonly resellers: readonly string[];
  readonly profileId: string;
}

/** The hold that stops notices of this client now: of several the one that lasts longest. */
export function holdOn(holds: readonly Hold[], subject: HoldSubject, now: number): Hold | undefined {
  return holds
    .filter((hold) => isActive(hold, now) && covers(hold.scope, subject))
    .sort((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity))[0];
}

export function isActive({ until, released }: Hold, now: number): boolean {
  return released === null && (until === null || now < until);
}

function covers(scope: HoldScope, { resellers, profileId }: HoldSubject): boolean {
  if (scope.kind === 'all') return true;
  return scope.kind === 'reseller' ? resellers.includes(scope.reseller) : scope.profileId === profileId;
}

/** `everything`, `reseller acme` or `profile acme/prepaid`. */
export function scopeText(scope: HoldScope): string {
  if (scope.kind === 'all') return 'everything';
  return scope.kind === 'reseller' ? `reseller ${scope.reseller}` : `profile ${scope.profileId}`;
}
