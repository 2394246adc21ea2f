import type { Login, ProfileFile } from '../../domain/profile-file.js';

/**
 * Scenario tests of a Low Balance Profile: what happens to a client, and which notices must then be sent.
 *
 * `profiles/<reseller>/<slug>.test.json` tests the profile `<slug>.json` beside it; `low-balance test` runs it. A scenario
 * with a `profile` of its own needs no neighbour, so that a folder of scenarios can stand alone.
 *
 * Every time is an offset from the start of the scenario, which is also the first check.
 */
export interface ScenarioFile {
  /**
   * Where the schema of this file lies, so that the editor can help.
   * @examples ["../../schemas/profile-test.schema.json"]
   */
  readonly $schema?: string;
  /**
   * The scenarios; each has a client of its own.
   * @minItems 1
   */
  readonly scenarios: readonly Scenario[];
}

/** One client's story, and every notice that must be sent in it. */
export interface Scenario {
  /**
   * What must happen, in a few words.
   * @minLength 1
   * @maxLength 255
   * @examples ["three notices, then silence until the refill"]
   */
  readonly name: string;
  /** The profile of the client at the start, as a whole. Unsaid: the profile beside the file. */
  readonly profile?: ProfileFile;
  /**
   * Further profiles by id `<reseller>/<slug>`, for events that move the client to another one.
   * @default {}
   */
  readonly otherProfiles?: Readonly<Record<string, ProfileFile>>;
  /** The client at the start. */
  readonly client: ScenarioClient;
  /**
   * The billing system's exchange rates. Without the rate from the profile's currency to the client's nothing is known.
   * @default []
   */
  readonly rates?: readonly ScenarioRate[];
  /**
   * What happens, in any order; at the same instant in the order written. An event at the instant of a check comes before it.
   * @default []
   */
  readonly events?: readonly ScenarioEvent[];
  /**
   * How long the scenario lasts; a check at that very instant is still made.
   * Digits and s, m, h, d or w, combinable, at most 3650d.
   * @examples ["10d"]
   */
  readonly until: Offset;
  /**
   * Every check that told somebody, in order; no other notice may be sent.
   * @examples [[{ "at": "48h", "rules": ["client"] }]]
   */
  readonly expect: readonly ExpectedNotice[];
}

/** A prepaid client as the billing system knows it. */
export interface ScenarioClient {
  /**
   * The client's currency: an ISO 4217 code. Unsaid: the profile's.
   * @pattern ^[A-Z]{3}$
   * @examples ["USD"]
   */
  readonly currency?: string;
  /**
   * The balance at the start, in the client's currency.
   * @examples [120, "0.00000001"]
   */
  readonly balance: Amount;
  /**
   * The credit limit, in the client's currency: available balance = balance + credit limit.
   * @default 0
   * @examples [100]
   */
  readonly creditLimit?: Amount;
  /**
   * How long before the start the last charge was; `null`: the client was never charged. Unsaid: at the start.
   * @default "0s"
   * @examples ["1h", null]
   */
  readonly lastChargeAgo?: Offset | null;
  /**
   * How long before the start the last refill was; `null`: there was none.
   * @default null
   * @examples ["30d"]
   */
  readonly lastRefillAgo?: Offset | null;
  /**
   * How long before the start the client was created.
   * @default "365d"
   * @examples ["365d"]
   */
  readonly createdAgo?: Offset;
  /**
   * The client's e-mail; `null`: it has none.
   * @default "billing@client.example"
   * @examples ["billing@client.example"]
   */
  readonly billingEmail?: string | null;
  /**
   * The e-mail of the reseller's manager; `null`: there is none.
   * @default "manager@reseller.example"
   * @examples ["manager@reseller.example"]
   */
  readonly managerEmail?: string | null;
  /**
   * Login → e-mail of the users that the billing system knows. Unsaid: every login the profile names exists, as
   * `<login>@reseller.example`.
   * @examples [{ "j.doe": "j.doe@acme.example" }]
   */
  readonly users?: Readonly<Record<Login, string>>;
  /**
   * A suspended client is checked and told nothing, a closed one is watched no more.
   * @default "active"
   */
  readonly status?: ScenarioStatus;
}

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
 * Something that happens at one instant. Several things of one event happen together: first faults and the worker, then
 * the billing data and the profile, then signals, then what operators do.
 */
export interface ScenarioEvent {
  /**
   * When it happens: an offset from the start.
   * @examples ["25h"]
   */
  readonly at: Offset;
  /**
   * The balance is set to this amount. Neither a charge nor a refill.
   * @examples [45]
   */
  readonly balance?: Amount;
  /**
   * This amount is taken from the balance, and counts as activity.
   * @examples [5]
   */
  readonly charge?: Amount;
  /**
   * This amount is added to the balance, and the refill is signalled.
   * @examples [20]
   */
  readonly refill?: Amount;
  /**
   * The id of the refill, by which a later signal repeats it. Unsaid: one of its own.
   * @minLength 1
   * @maxLength 255
   * @examples ["r-1"]
   */
  readonly id?: string;
  /**
   * When the refill is dated, where that is not when it happens: an offset from the start, also negative.
   * @examples ["200h"]
   */
  readonly dated?: SignedOffset;
  /**
   * With `refill`: `false` where its signal is lost. By itself: a refill signal without a refill, such as a late or repeated one.
   * @examples [false, { "id": "r-1", "at": "100h" }]
   */
  readonly signal?: boolean | ScenarioSignal;
  /**
   * The credit limit is set to this amount.
   * @examples [50]
   */
  readonly creditLimit?: Amount;
  /** The client is suspended, closed or active again. A client that is active again is watched at once. */
  readonly status?: ScenarioStatus;
  /**
   * The client pays in advance, or no longer does, and is then watched no more.
   * @examples [false]
   */
  readonly prepaid?: boolean;
  /** An exchange rate is set, or taken away with `"rate": null`. */
  readonly rate?: ScenarioRate;
  /**
   * The client's e-mail is set; `null`: it has none.
   * @examples ["billing@client.example", null]
   */
  readonly billingEmail?: string | null;
  /**
   * The reseller's manager e-mail is set; `null`: there is none.
   * @examples ["manager@reseller.example", null]
   */
  readonly managerEmail?: string | null;
  /**
   * The profile is edited and synced: these fields replace the profile's, `null` removes one.
   * @examples [{ "maxQty": 5 }]
   */
  readonly profile?: ProfileEdit;
  /**
   * The client is moved to another profile of `otherProfiles`, or back to its first one by id; `null`: it has none and is
   * watched no more.
   * @examples ["acme/other", null]
   */
  readonly moveTo?: string | null;
  /**
   * The mail provider refuses: `true`, until `mailFails: false`, and sending is tried again; `"rejected"`: it refuses
   * each mail for good.
   * @examples [true, false, "rejected"]
   */
  readonly mailFails?: boolean | 'rejected';
  /**
   * The billing data cannot be read: `true`, until `readFails: false`, and the check waits for that instant; `"permanent"`:
   * no retry helps, and the next check comes as planned.
   * @examples [true, false, "permanent"]
   */
  readonly readFails?: boolean | 'permanent';
  /**
   * `false`: no worker runs; what falls due meanwhile waits for `true`.
   * @examples [false, true]
   */
  readonly worker?: boolean;
  /**
   * An operator asks for a check at once. It does not move the checks that are planned.
   * @examples [true]
   */
  readonly checkNow?: true;
  /**
   * An operator mutes the client until this instant: an offset from the start.
   * @examples ["72h"]
   */
  readonly mute?: Offset;
  /**
   * An operator ends the mute.
   * @examples [true]
   */
  readonly unmute?: true;
  /**
   * An operator sets the counter of this rule to 0.
   * @pattern ^(user|client|advanced:.+)$
   * @examples ["client"]
   */
  readonly resetRule?: string;
}

/** A refill signal as billing systems send it: which refill, and when it was. */
export interface ScenarioSignal {
  /**
   * The id of the refill.
   * @minLength 1
   * @maxLength 255
   * @examples ["r-1"]
   */
  readonly id: string;
  /**
   * When the refill was: an offset from the start, also negative, also later than the event. Such a refill counts as
   * of the event.
   * @examples ["100h"]
   */
  readonly at: SignedOffset;
}

/** A check of which notices were accepted by the mail provider. */
export interface ExpectedNotice {
  /**
   * When the check was: an offset from the start, to the second.
   * @examples ["48h"]
   */
  readonly at: Offset;
  /**
   * The keys of the rules that sent.
   * @minItems 1
   * @uniqueItems true
   * @examples [["client", "user"]]
   */
  readonly rules: readonly ScenarioRuleKey[];
  /**
   * Every address that was told, each once. Unsaid: not looked at.
   * @examples [["billing@client.example"]]
   */
  readonly to?: readonly string[];
  /**
   * Rule key → how many notices of the cycle it has sent with this one. Rules that are not named are not looked at.
   * @examples [{ "client": 1 }]
   */
  readonly count?: Readonly<Record<string, number>>;
}

/** Fields of a profile that replace those it has; `null` removes one. */
export type ProfileEdit = {
  readonly [Field in keyof ProfileFile]?: ProfileFile[Field] | null;
};

/**
 * @pattern ^(user|client|advanced:.+)$
 */
export type ScenarioRuleKey = string;

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
