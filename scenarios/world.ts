import { durationMs } from '../domain/duration.js';
import { toDecimal, type Decimal } from '../domain/money.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { emailOfUser } from '../domain/client.js';
import { normaliseProfile, type RuleKey } from '../domain/profile/profile.js';
import { isLookedAt, lookIntervalMs, type LookedProfile } from '../domain/looks/looked-profile.js';
import type { VersionedProfile } from '../domain/watching/checked.js';
import type { Client } from '../domain/reading.js';
import type { ClientChange, ProfileEdit } from './scenario-event.js';
import type { Amount, ScenarioRate } from './scenario-values.js';
import type { Story } from './story.js';

export const storyClientId = 'scenario';

/** What the client's workflow hears of an event. Instants are epoch milliseconds. */
export type Message =
  | { readonly kind: 'refill'; readonly refillId: string; readonly at: number }
  /** Reconciliation looks at the client: it starts, wakes or ends its workflow. */
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'check-now' }
  /** The workflow is terminated, and reconciliation starts it again. */
  | { readonly kind: 'terminate' }
  | { readonly kind: 'mute'; readonly until: number }
  | { readonly kind: 'unmute' }
  | { readonly kind: 'reset-rule'; readonly rule: RuleKey };

type Money = Pick<Client, 'balance' | 'creditLimit' | 'lastChargeAt' | 'lastRefillAt'>;
type Facts = Pick<Client, 'ownThreshold' | 'dailySpend' | 'lastRefillAmount' | 'timeZone'>;
type Standing = Pick<Client, 'status' | 'prepaid' | 'profileId' | 'billingEmail' | 'managerEmail'>;

/** Everything around the workflow of one client: billing data, profiles, mail provider, worker. Changed by events only. */
export class World {
  mail: 'accepts' | 'refuses' | 'rejects' = 'accepts';
  billing: 'readable' | 'failing' | 'broken' = 'readable';
  workerRuns = true;
  private readonly story: Story;
  /** Epoch milliseconds. */
  readonly startAt: number;
  private readonly profiles: Map<string, { file: ProfileFile; version: number }>;
  private readonly rates = new Map<string, Decimal>();
  money: Money;
  private standing: Standing;
  private facts: Facts;
  private refills = 0;
  private lookEvery: { readonly ms: number | undefined } | undefined;

  /** `startAt` is the story's start, epoch milliseconds. */
  constructor(story: Story, startAt: number) {
    const { client } = story;
    const ago = (offset: string | null): number | null =>
      offset === null ? null : startAt - durationMs(offset);
    this.story = story;
    this.startAt = startAt;
    this.profiles = new Map(Object.entries(story.profiles).map(([id, file]) => [id, { file, version: 1 }]));
    for (const rate of story.rates) this.setRate(rate);
    this.money = {
      balance: toDecimal(client.balance),
      creditLimit: toDecimal(client.creditLimit ?? 0),
      lastChargeAt: ago(client.lastChargeAgo === undefined ? '0s' : client.lastChargeAgo),
      lastRefillAt: ago(client.lastRefillAgo ?? null),
    };
    this.facts = { ...noFacts, ...factsOf(client) };
    this.standing = {
      status: client.status ?? 'active',
      prepaid: true,
      profileId: story.profileId,
      billingEmail: client.billingEmail === undefined ? 'billing@client.example' : client.billingEmail,
      managerEmail: client.managerEmail === undefined ? 'manager@reseller.example' : client.managerEmail,
    };
  }

  /** The profile of that id as it is now. */
  profile(id: string): VersionedProfile | undefined {
    const stored = this.profiles.get(id);
    return stored && { profile: normaliseProfile(id, stored.file), version: stored.version };
  }

  /** A look at the fleet needs a worker and the billing data. */
  get canBeLookedAt(): boolean {
    return this.workerRuns && this.billing === 'readable';
  }

  /** The profiles that say `checkEvery`, as they are now. */
  lookedProfiles(): readonly LookedProfile[] {
    return [...this.profiles].map(([id, { file }]) => normaliseProfile(id, file)).filter(isLookedAt);
  }

  /** How often the fleet is looked at; undefined: it is not. */
  get lookEveryMs(): number | undefined {
    this.lookEvery ??= { ms: lookIntervalMs(this.lookedProfiles()) };
    return this.lookEvery.ms;
  }

  rate(from: string | null, to: string): Decimal | null {
    return from === to ? '1' : (this.rates.get(`${from}→${to}`) ?? null);
  }

  /** The client as a profile of that currency, naming those logins, needs it. */
  client(currency: string | null, logins: readonly string[]): Client {
    const own = this.story.client.currency ?? '';
    return {
      clientId: storyClientId,
      name: 'Scenario client',
      resellerId: this.firstProfile.reseller,
      resellerName: this.firstProfile.reseller,
      currency: own,
      resellerTimeZone: this.story.client.resellerTimeZone ?? undefined,
      language: this.story.client.language ?? null,
      group: this.story.client.group ?? null,
      doubts: [],
      createdAt: this.startAt - durationMs(this.story.client.createdAgo ?? '365d'),
      users: Object.fromEntries(logins.flatMap((login) => this.user(login))),
      rate: this.rate(currency, own),
      ...this.money,
      ...this.standing,
      ...this.facts,
    };
  }

  /** The client with the profile it has now. */
  assigned(): { readonly client: Client; readonly stored: VersionedProfile | undefined } {
    const stored = this.standing.profileId === null ? undefined : this.profile(this.standing.profileId);
    const profile = stored?.profile;
    const logins = profile?.rules.flatMap(({ users }) => users) ?? [];
    return { client: this.client(profile?.currency ?? null, logins), stored };
  }

  private get firstProfile(): ProfileFile {
    return this.story.profiles[this.story.profileId]!;
  }

  private user(login: string): readonly (readonly [string, string])[] {
    const { users } = this.story.client;
    if (!users) return [[login, `${login.replaceAll(/[^A-Za-z0-9._-]/g, '-')}@reseller.example`]];
    const email = emailOfUser({ users }, login);
    return email === undefined ? [] : [[login, email]];
  }

  setRate({ from, to, rate }: ScenarioRate): void {
    if (rate === null) this.rates.delete(`${from}→${to}`);
    else this.rates.set(`${from}→${to}`, toDecimal(rate));
  }

  changeMoney(changes: Partial<Money>): undefined {
    this.money = { ...this.money, ...changes };
  }

  changeFacts(changes: Partial<Facts>): undefined {
    this.facts = { ...this.facts, ...changes };
  }

  /** With `reconcile` where reconciliation then finds something to do. */
  changeStanding(changes: Partial<Standing>, reconcile?: 'reconcile'): Message | undefined {
    this.standing = { ...this.standing, ...changes };
    return reconcile && { kind: reconcile };
  }

  /** Edits the profile that the client has; `null` takes a field away. */
  editProfile(edit: ProfileEdit): void {
    const id = this.standing.profileId;
    const stored = id === null ? undefined : this.profiles.get(id);
    if (id === null || !stored) return;
    const merged = Object.entries({ ...stored.file, ...edit }).filter(([, value]) => value !== null);
    const file = Object.fromEntries(merged) as unknown as ProfileFile;
    this.profiles.set(id, { file, version: stored.version + 1 });
    this.lookEvery = undefined;
  }

  /** Of a refill that the event gives no id. */
  nextRefillId(): string {
    this.refills += 1;
    return `refill-${this.refills}`;
  }
}

const noFacts: Facts = { ownThreshold: null, dailySpend: null, lastRefillAmount: null, timeZone: null };

/** What is said of a client, as the billing data holds it. */
export function factsOf({
  ownThreshold,
  dailySpend,
  lastRefillAmount,
  timeZone,
}: ClientChange): Partial<Facts> {
  const amount = (value: Amount | null): Decimal | null => (value === null ? null : toDecimal(value));
  return {
    ...(ownThreshold === undefined ? {} : { ownThreshold: amount(ownThreshold) }),
    ...(dailySpend === undefined ? {} : { dailySpend: amount(dailySpend) }),
    ...(lastRefillAmount === undefined ? {} : { lastRefillAmount: amount(lastRefillAmount) }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}
