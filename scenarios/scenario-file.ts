import type { Login, ProfileFile, WebhookName } from '../domain/profile/profile-file.js';
import type { ScenarioEvent, ScenarioRuleKey } from './scenario-event.js';
import type { Amount, Offset, ScenarioRate, ScenarioStatus } from './scenario-values.js';

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
   * @errorMessage expected the path of the schema in quotes, such as "../../schemas/profile-test.schema.json"
   * @examples ["../../schemas/profile-test.schema.json"]
   */
  readonly $schema?: string;
  /**
   * The scenarios; each has a client of its own.
   * @minItems 1
   * @errorMessage expected a list of scenarios in brackets
   */
  readonly scenarios: readonly Scenario[];
}

/** One client's story, and every notice that must be sent in it. */
export interface Scenario {
  /**
   * What must happen, in a few words.
   * @minLength 1
   * @maxLength 255
   * @errorMessage expected the scenario's name in quotes
   * @examples ["three notices, then silence until the refill"]
   */
  readonly name: string;
  /** The profile of the client at the start, as a whole. Default: the profile beside the file. */
  readonly profile?: ProfileFile;
  /**
   * Further profiles by id `<reseller>/<slug>`, for events that move the client to another one.
   * @default {}
   * @errorMessage expected profiles by their id, such as { "acme/other": { … } }
   */
  readonly otherProfiles?: Readonly<Record<string, ProfileFile>>;
  /**
   * The instant of the start: ISO 8601 with an offset. It matters for sending hours.
   * @default "2026-01-05T00:00:00Z"
   * @pattern ^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$
   * @errorMessage expected a time with an offset in quotes, such as "2026-03-27T00:00:00Z"
   * @patternErrorMessage expected a time with an offset, such as "2026-03-27T00:00:00Z"
   * @examples ["2026-03-27T00:00:00Z"]
   */
  readonly start?: string;
  /** The client at the start. */
  readonly client: ScenarioClient;
  /**
   * The billing system's exchange rates. Without the rate from the profile's currency to the client's nothing is known.
   * @default []
   * @errorMessage expected a list of rates in brackets, such as [{ "from": "USD", "to": "EUR", "rate": "0.9" }]
   */
  readonly rates?: readonly ScenarioRate[];
  /**
   * What happens, in any order; at the same instant in the order written. An event at the instant of a check comes before it.
   * @default []
   * @errorMessage expected a list of events in brackets, such as [{ "at": "25h", "balance": 45 }]
   */
  readonly events?: readonly ScenarioEvent[];
  /**
   * How long the scenario lasts; a check at that very instant is still made.
   * Digits and s, m, h, d or w, combinable, at most 3650d.
   * @examples ["10d"]
   */
  readonly until: Offset;
  /**
   * Every check whose notices were accepted, in order; no other notice may be sent.
   * @errorMessage expected a list in brackets, such as [{ "at": "48h", "rules": ["client"] }]
   * @examples [[{ "at": "48h", "rules": ["client"] }]]
   */
  readonly expect: readonly ExpectedNotice[];
}

/** A prepaid client as the billing system knows it. */
export interface ScenarioClient {
  /**
   * The client's currency: an ISO 4217 code. Default: the profile's.
   * @pattern ^[A-Z]{3}$
   * @errorMessage expected an ISO 4217 currency code in quotes, such as "USD"
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
   * How long before the start the last charge was; `null`: the client was never charged. Default: at the start.
   * @default "0s"
   * @errorMessage expected a time such as "1h", or null
   * @examples ["1h", null]
   */
  readonly lastChargeAgo?: Offset | null;
  /**
   * How long before the start the last refill was; `null`: there was none.
   * @default null
   * @errorMessage expected a time such as "30d", or null
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
   * @minLength 1
   * @errorMessage expected an e-mail address in quotes, or null
   * @examples ["billing@client.example"]
   */
  readonly billingEmail?: string | null;
  /**
   * The e-mail of the reseller's manager; `null`: there is none.
   * @default "manager@reseller.example"
   * @minLength 1
   * @errorMessage expected an e-mail address in quotes, or null
   * @examples ["manager@reseller.example"]
   */
  readonly managerEmail?: string | null;
  /**
   * Login → e-mail of the users that the billing system knows. Default: every login the profile names exists, as
   * `<login>@reseller.example`.
   * @errorMessage expected logins with their e-mail, such as { "j.doe": "j.doe@acme.example" }
   * @examples [{ "j.doe": "j.doe@acme.example" }]
   */
  readonly users?: Readonly<Record<Login, ScenarioEmail>>;
  /**
   * A suspended client is checked and not notified; a closed one is no longer watched.
   * @default "active"
   */
  readonly status?: ScenarioStatus;
  /**
   * The client's own threshold, in its currency; `null`: it has none.
   * @default null
   * @errorMessage expected an amount, or null
   * @examples [30]
   */
  readonly ownThreshold?: Amount | null;
  /**
   * What the client spends in a day, in its currency; `null`: not known.
   * @default null
   * @errorMessage expected an amount, or null
   * @examples [12]
   */
  readonly dailySpend?: Amount | null;
  /**
   * The amount of the last refill, in the client's currency; `null`: there was none. Refills of the scenario change it.
   * @default null
   * @errorMessage expected an amount, or null
   * @examples [100]
   */
  readonly lastRefillAmount?: Amount | null;
  /**
   * The client's time zone, for sending hours: an IANA name. Default: the reseller's.
   * @default null
   * @minLength 1
   * @errorMessage expected the name of a time zone in quotes, such as "Europe/Vienna", or null
   * @examples ["Europe/Vienna"]
   */
  readonly timeZone?: string | null;
  /**
   * The time zone of the client's reseller, for a client that has none. Default: that of `reseller.json` beside the file, else UTC.
   * @default null
   * @minLength 1
   * @errorMessage expected the name of a time zone in quotes, such as "Europe/Vienna", or null
   * @examples ["Europe/Vienna"]
   */
  readonly resellerTimeZone?: string | null;
  /**
   * The client's language, such as "de-AT".
   * @default null
   * @minLength 1
   * @errorMessage expected a language in quotes, such as "de", or null
   * @examples ["de"]
   */
  readonly language?: string | null;
  /**
   * The client's group in the billing data.
   * @default null
   * @minLength 1
   * @errorMessage expected a group in quotes, such as "wholesale", or null
   * @examples ["wholesale"]
   */
  readonly group?: string | null;
}

/** A check of which notices were accepted by the mail provider. */
export interface ExpectedNotice {
  /**
   * When the check was: an offset from the start, to the second.
   * @examples ["48h"]
   */
  readonly at: Offset;
  /**
   * The keys of the rules that sent. May be empty where `recovered` names rules.
   * @uniqueItems true
   * @errorMessage expected a list of rule keys in brackets, such as ["client"]
   * @examples [["client", "user"]]
   */
  readonly rules: readonly ScenarioRuleKey[];
  /**
   * Every address that was notified, each once. Default: not compared.
   * @errorMessage expected a list of e-mail addresses in brackets
   * @examples [["billing@client.example"]]
   */
  readonly to?: readonly ScenarioEmail[];
  /**
   * Rule key → how many notices of the cycle it has sent with this one. Rules that are not named are not looked at.
   * @errorMessage expected numbers by rule key, such as { "client": 1 }
   * @examples [{ "client": 1 }]
   */
  readonly count?: Readonly<Record<string, NoticeCount>>;
  /**
   * The keys of the rules whose recovery was notified. Default: not compared.
   * @uniqueItems true
   * @errorMessage expected a list of rule keys in brackets, such as ["client"]
   * @examples [["client"]]
   */
  readonly recovered?: readonly ScenarioRuleKey[];
  /**
   * The names of the webhooks that accepted a notice. Default: not compared.
   * @uniqueItems true
   * @errorMessage expected a list of webhook names in brackets, such as ["crm"]
   * @examples [["crm"]]
   */
  readonly webhooks?: readonly WebhookName[];
}

/**
 * An e-mail address as the billing system has it.
 * @minLength 1
 * @errorMessage expected an e-mail address in quotes
 */
export type ScenarioEmail = string;

/**
 * How many notices.
 * @asType integer
 * @minimum 0
 * @errorMessage expected a whole number of at least 0
 */
export type NoticeCount = number;
