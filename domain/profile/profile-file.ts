/**
 * A Low Balance Profile: when a prepaid client's available balance is low, and who is told.
 *
 * One file `profiles/<reseller>/<slug>.json` holds one profile; its id is `<reseller>/<slug>`.
 * At least one of `userNotification`, `clientNotification` and `advancedRules` is needed.
 * @defaultSnippets [
 *   {
 *     "label": "New Low Balance Profile",
 *     "description": "Staff are told first, the client at half of it.",
 *     "body": {
 *       "$schema": "../../schemas/profile.schema.json",
 *       "name": "${1:Prepaid USD}",
 *       "reseller": "${2:acme}",
 *       "currency": "${3:USD}",
 *       "sortOrder": "^${4:10}",
 *       "maxQty": "^${5:3}",
 *       "period": "${6:24h}",
 *       "userNotification": { "threshold": "^${7:100}", "notify": true, "users": ["${8:j.doe}"] },
 *       "clientNotification": { "threshold": "^${9:50}", "notify": true }
 *     }
 *   }
 * ]
 */
export interface ProfileFile {
  /**
   * Where the schema of this file lies, so that the editor can help. Unsaid: the editor finds it by the file's place.
   * @errorMessage expected the path of the schema in quotes, such as "../../schemas/profile.schema.json"
   * @examples ["../../schemas/profile.schema.json"]
   */
  readonly $schema?: string;
  /** The profile's name, as shown in lists and mails: 1 to 255 characters. */
  readonly name: DisplayName;
  /** The reseller who owns the profile: its id in the billing system. Equals the name of the folder that the file is in. */
  readonly reseller: ResellerId;
  /**
   * The currency of every threshold in this profile: an ISO 4217 code. A client with another currency is compared
   * with the threshold converted by the billing system's exchange rate; without a rate it is told nothing.
   */
  readonly currency: CurrencyCode;
  /**
   * The profile's place in the list: a whole number, lower comes first.
   * @asType integer
   * @minimum -1000000
   * @maximum 1000000
   * @errorMessage expected a whole number, such as 10
   * @examples [10]
   */
  readonly sortOrder: number;
  /**
   * Max Qty: how many notices each rule may send until the balance is refilled. A whole number, 1 to 1000; each rule
   * counts its own.
   * @asType integer
   * @minimum 1
   * @maximum 1000
   * @errorMessage expected a whole number of notices, 1 to 1000, such as 3
   * @examples [3]
   */
  readonly maxQty: number;
  /**
   * Period: how often a client is checked, and so how often a rule may repeat its notice.
   * Digits and s, m, h, d or w, combinable; at least 1s, at most 3650d.
   * @examples ["24h", "1d12h"]
   */
  readonly period: Duration;
  /**
   * How often the balance is looked at between planned checks, so that a fall is noticed sooner. A rule still repeats its
   * notice only each Period. Digits and s, m, h, d or w, combinable; at least 10s, less than the Period. Default: only at
   * planned checks.
   * @examples ["5m"]
   */
  readonly checkEvery?: Duration;
  /**
   * When notices may be sent, by the client's clocks. What falls outside is sent when the hours open. Default: at any time.
   * @examples [{ "from": "08:00", "to": "20:00", "days": ["mon", "tue", "wed", "thu", "fri"], "audiences": ["client"] }]
   */
  readonly sendingHours?: SendingHoursFile;
  /**
   * What happens to a client that is low already when it is first checked under this profile: `tell` notifies at once;
   * `wait` says nothing until its balance has recovered or was refilled, rule by rule.
   * @errorMessage expected "tell" or "wait"
   * @examples ["wait"]
   */
  readonly alreadyLow?: 'tell' | 'wait';
  /**
   * Which clients have this profile, where the billing data names none for them (`profile_id`). Of several profiles the first by sort
   * order, and then by id, applies. Missing: only clients for which the billing data names it.
   * @examples [{ "groups": ["wholesale"], "currencies": ["USD"] }, { "all": true }]
   */
  readonly appliesTo?: AppliesTo;
  /**
   * Tells the reseller's staff. Unsaid: staff are told nothing.
   * @examples [{ "threshold": 100, "notify": true, "users": ["j.doe"] }]
   */
  readonly userNotification?: UserNotification;
  /**
   * Tells the client. Unsaid: the client is told nothing, but for the advanced rules.
   * @examples [{ "threshold": 50, "notify": true }]
   */
  readonly clientNotification?: ClientNotification;
  /**
   * Further thresholds for the client, each with a name of its own, optionally only after a time of inactivity.
   * @maxItems 100
   * @errorMessage expected a list of rules in brackets, such as [{ "name": "dormant", "threshold": 5, "inactivity": "30d" }]
   * @examples [[{ "name": "dormant", "threshold": 5, "inactivity": "30d" }]]
   */
  readonly advancedRules?: readonly AdvancedRule[];
}

/** The user rule: tells the reseller's manager and chosen users. Its rule key is `user`. */
export interface UserNotification {
  /**
   * The rule is low when the available balance (balance + credit limit) is below this: an amount in the profile's currency,
   * a share of the credit limit or of the last refill, what the client spends in a time, or the client's own threshold.
   * Equal is not low. An amount may be negative.
   * @examples [100, { "percentOfCreditLimit": 20 }, { "lasts": "3d" }]
   */
  readonly threshold: Threshold;
  /**
   * The side of the threshold on which the rule notifies: `above` is for what somebody owes. A refill does not end the
   * cycle of such a rule; that it is found not above does.
   * @errorMessage expected "below" or "above"
   * @examples ["above"]
   */
  readonly when?: 'below' | 'above';
  /**
   * Whether everybody whom the rule has notified is told, once, when its threshold is not met any more.
   * @errorMessage expected true or false
   * @examples [true]
   */
  readonly recovered?: boolean;
  /**
   * Whether the reseller's manager e-mail is told.
   * @errorMessage expected true or false
   */
  readonly notify?: boolean;
  /**
   * Logins of users of the reseller who are told at their e-mail.
   * @maxItems 100
   * @errorMessage expected a list of logins in brackets, such as ["j.doe"]
   * @examples [["j.doe"]]
   */
  readonly users?: readonly Login[];
  /**
   * Further e-mail addresses that are told, in the staff's wording.
   * @maxItems 100
   * @errorMessage expected a list of e-mail addresses in brackets, such as ["noc@acme.example"]
   * @examples [["noc@acme.example"]]
   */
  readonly emails?: readonly Email[];
}

/** The client rule: tells the client at its billing e-mail. Its rule key is `client`. */
export interface ClientNotification {
  /**
   * The rule is low when the available balance (balance + credit limit) is below this: an amount in the profile's currency,
   * a share of the credit limit or of the last refill, what the client spends in a time, or the client's own threshold.
   * Equal is not low. An amount may be negative.
   * @examples [50, { "percentOfCreditLimit": 20 }, { "lasts": "3d" }]
   */
  readonly threshold: Threshold;
  /**
   * The side of the threshold on which the rule notifies: `above` is for what somebody owes. A refill does not end the
   * cycle of such a rule; that it is found not above does.
   * @errorMessage expected "below" or "above"
   * @examples ["above"]
   */
  readonly when?: 'below' | 'above';
  /**
   * Whether everybody whom the rule has notified is told, once, when its threshold is not met any more.
   * @errorMessage expected true or false
   * @examples [true]
   */
  readonly recovered?: boolean;
  /**
   * Whether the client's billing e-mail is told.
   * @errorMessage expected true or false
   */
  readonly notify?: boolean;
  /**
   * Further e-mail addresses that are told, in the client's wording.
   * @maxItems 100
   * @errorMessage expected a list of e-mail addresses in brackets, such as ["finance@client.example"]
   * @examples [["finance@client.example"]]
   */
  readonly emails?: readonly Email[];
}

/**
 * An advanced rule: one more threshold for the client. Its rule key is `advanced:<name>`.
 * @defaultSnippets [
 *   {
 *     "label": "Advanced rule",
 *     "description": "One more threshold for the client.",
 *     "body": { "name": "${1:almost-empty}", "threshold": "^${2:10}", "notify": true }
 *   },
 *   {
 *     "label": "Advanced rule after inactivity",
 *     "description": "A threshold for clients that were not charged for a time.",
 *     "body": { "name": "${1:dormant}", "threshold": "^${2:5}", "inactivity": "${3:30d}", "notify": true }
 *   }
 * ]
 */
export interface AdvancedRule {
  /** The rule's name, unique in the profile. Counters stay with it: a renamed rule starts at 0. */
  readonly name: RuleName;
  /**
   * The rule is low when the available balance (balance + credit limit) is below this: an amount in the profile's currency,
   * a share of the credit limit or of the last refill, what the client spends in a time, or the client's own threshold.
   * Equal is not low. An amount may be negative.
   * @examples [5, { "percentOfCreditLimit": 20 }, { "lasts": "3d" }]
   */
  readonly threshold: Threshold;
  /**
   * The side of the threshold on which the rule notifies: `above` is for what somebody owes. A refill does not end the
   * cycle of such a rule; that it is found not above does.
   * @errorMessage expected "below" or "above"
   * @examples ["above"]
   */
  readonly when?: 'below' | 'above';
  /**
   * Whether everybody whom the rule has notified is told, once, when its threshold is not met any more.
   * @errorMessage expected true or false
   * @examples [true]
   */
  readonly recovered?: boolean;
  /**
   * The rule sends only when the last charge is at least this long ago. Payments are not activity; a client never
   * charged counts from its creation. Digits and s, m, h, d or w, combinable; at most 3650d. Unsaid: activity does not matter.
   * @examples ["30d"]
   */
  readonly inactivity?: Duration;
  /**
   * Whether the client's billing e-mail is told.
   * @errorMessage expected true or false
   */
  readonly notify?: boolean;
  /**
   * Further e-mail addresses that are told, in the client's wording.
   * @maxItems 100
   * @errorMessage expected a list of e-mail addresses in brackets, such as ["retention@acme.example"]
   * @examples [["retention@acme.example"]]
   */
  readonly emails?: readonly Email[];
}

/**
 * A name for people.
 * @maxLength 255
 * @pattern ^(?=.*\S)[^\u0000-\u001f\u007f]*$
 * @errorMessage expected a name in quotes, such as "Prepaid wholesale USD"
 * @patternErrorMessage expected a name of at least one visible character, without line breaks, such as "Prepaid wholesale USD"
 * @examples ["Prepaid wholesale USD"]
 */
export type DisplayName = string;

/**
 * A reseller's id in the billing system.
 * @maxLength 64
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._\-]*$
 * @errorMessage expected the reseller's id in quotes, such as "acme"
 * @patternErrorMessage expected the reseller's id: letters, digits, ".", "_" and "-", as the folder is named, such as "acme"
 * @examples ["acme"]
 */
export type ResellerId = string;

/**
 * A currency of ISO 4217.
 * @pattern ^[A-Z]{3}$
 * @errorMessage expected an ISO 4217 currency code in quotes, such as "USD"
 * @patternErrorMessage expected an ISO 4217 currency code, three capital letters, such as "USD"
 * @examples ["USD", "EUR"]
 */
export type CurrencyCode = string;

/**
 * A length of time: digits and s, m, h, d or w, combinable.
 * @pattern ^(\d{1,9}[smhdw])+$
 * @errorMessage expected a duration in quotes: digits and s, m, h, d or w, such as "24h" or "1d12h"
 * @patternErrorMessage expected a duration: digits and s, m, h, d or w, without spaces, such as "24h" or "1d12h"
 * @examples ["24h", "1d12h", "30d"]
 */
export type Duration = string;

/**
 * An amount in the profile's currency, or what else a limit is taken from.
 * @errorMessage expected an amount without quotes, such as 100 or 99.95, or one of { "percentOfCreditLimit": 20 }, { "percentOfLastRefill": 10 }, { "lasts": "3d" } and { "own": true, "otherwise": 50 }
 * @defaultSnippets [
 *   { "label": "An amount", "body": 100 },
 *   { "label": "A share of the credit limit", "body": { "percentOfCreditLimit": "^${1:20}" } },
 *   { "label": "A share of the last refill", "body": { "percentOfLastRefill": "^${1:10}" } },
 *   { "label": "What the client spends in a time", "body": { "lasts": "${1:3d}" } },
 *   { "label": "The client's own threshold, or an amount", "body": { "own": true, "otherwise": "^${1:50}" } }
 * ]
 * @examples [100]
 */
export type Threshold = ThresholdAmount | PercentOfCreditLimit | PercentOfLastRefill | Lasts | OwnThreshold;

/**
 * An amount in the profile's currency.
 * @minimum -1000000000000
 * @maximum 1000000000000
 * @errorMessage expected an amount without quotes, such as 100 or 99.95
 * @examples [100]
 */
export type ThresholdAmount = number;

/** A share of the client's credit limit. A client without one is not notified by the rule. */
export interface PercentOfCreditLimit {
  /**
   * How many percent of the credit limit.
   * @examples [20]
   */
  readonly percentOfCreditLimit: Percent;
}

/** A share of the amount of the client's last refill. Before its first refill a client is not notified by the rule. */
export interface PercentOfLastRefill {
  /**
   * How many percent of the last refill.
   * @examples [10]
   */
  readonly percentOfLastRefill: Percent;
}

/** What the client spends in a time, at its usual spending. A client that spends nothing is not notified by the rule. */
export interface Lasts {
  /**
   * For how long the balance must last at least. Digits and s, m, h, d or w, combinable; at most 3650d.
   * @examples ["3d"]
   */
  readonly lasts: Duration;
}

/** The threshold that the billing data holds for each client, in the client's currency. */
export interface OwnThreshold {
  /**
   * Takes the client's own threshold.
   * @errorMessage expected true
   */
  readonly own: true;
  /**
   * The amount, in the profile's currency, for clients that have no threshold of their own. Default: the rule does not
   * notify them.
   * @examples [50]
   */
  readonly otherwise?: ThresholdAmount;
}

/**
 * A share in percent.
 * @exclusiveMinimum 0
 * @maximum 1000
 * @errorMessage expected a percentage above 0, such as 20
 * @examples [20]
 */
export type Percent = number;

/** The hours of the day in which notices may be sent, by the client's clocks. */
export interface SendingHoursFile {
  /**
   * When the hours begin.
   * @examples ["08:00"]
   */
  readonly from: TimeOfDay;
  /**
   * When they end; a time that is not after `from` is on the next day, and the same time is a whole day.
   * @examples ["20:00"]
   */
  readonly to: TimeOfDay;
  /**
   * The days on which the hours begin, also where they end after midnight.
   * @minItems 1
   * @uniqueItems true
   * @errorMessage expected a list of days in brackets, such as ["mon", "tue"]
   * @examples [["mon", "tue", "wed", "thu", "fri"]]
   */
  readonly days?: readonly Weekday[];
  /**
   * Whose notices wait for the hours.
   * @minItems 1
   * @uniqueItems true
   * @errorMessage expected a list in brackets of "staff" and "client"
   * @examples [["client"]]
   */
  readonly audiences?: readonly AudienceName[];
}

/**
 * A time of the day.
 * @pattern ^(([01]\d|2[0-3]):[0-5]\d|24:00)$
 * @errorMessage expected a time of the day in quotes, such as "08:00"
 * @patternErrorMessage expected a time of the day, two digits each, such as "08:00"
 * @examples ["08:00"]
 */
export type TimeOfDay = string;

/**
 * A day of the week.
 * @errorMessage expected one of "mon", "tue", "wed", "thu", "fri", "sat" and "sun"
 */
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/**
 * Who is notified: the reseller's staff or the client.
 * @errorMessage expected "staff" or "client"
 */
export type AudienceName = 'staff' | 'client';

/**
 * The name of an advanced rule.
 * @maxLength 64
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._\-]*$
 * @errorMessage expected the rule's name in quotes, such as "dormant"
 * @patternErrorMessage expected a rule's name: letters, digits, ".", "_" and "-", beginning with a letter or digit, such as "dormant"
 * @examples ["dormant"]
 */
export type RuleName = string;

/**
 * The login of a user of the reseller.
 * @maxLength 64
 * @pattern ^[^\s\u0000-\u001f]+$
 * @errorMessage expected a login in quotes, such as "j.doe"
 * @patternErrorMessage expected a login, without spaces, such as "j.doe"
 * @examples ["j.doe"]
 */
export type Login = string;

/**
 * An e-mail address.
 * @maxLength 320
 * @pattern ^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$
 * @errorMessage expected an e-mail address in quotes, such as "noc@acme.example"
 * @patternErrorMessage expected one e-mail address, without a name, such as "noc@acme.example"
 * @examples ["noc@acme.example"]
 */
export type Email = string;

/**
 * Which clients a profile applies to: each key that is there must fit, one entry of its list is enough.
 * @minProperties 1
 * @errorMessage expected an object with groups, currencies, clients, resellers or all, such as { "groups": ["wholesale"] }
 */
export interface AppliesTo {
  /**
   * Groups of clients in the billing data (`client_group`).
   * @minItems 1
   * @maxItems 10000
   * @errorMessage expected a list of groups in brackets, such as ["wholesale"]
   * @examples [["wholesale"]]
   */
  readonly groups?: readonly BillingText[];
  /**
   * Currencies of clients.
   * @minItems 1
   * @maxItems 200
   * @errorMessage expected a list of currencies in brackets, such as ["USD"]
   * @examples [["USD", "EUR"]]
   */
  readonly currencies?: readonly CurrencyCode[];
  /**
   * Ids of clients in the billing data.
   * @minItems 1
   * @maxItems 10000
   * @errorMessage expected a list of client ids in brackets, such as ["C-1"]
   * @examples [["C-1", "C-2"]]
   */
  readonly clients?: readonly BillingText[];
  /**
   * Only in a folder of the platform: resellers by their folder, or by their id in the billing data.
   * @minItems 1
   * @maxItems 10000
   * @errorMessage expected a list of resellers in brackets, such as ["acme"]
   * @examples [["acme", "17"]]
   */
  readonly resellers?: readonly BillingText[];
  /**
   * Every client of the reseller; in a folder of the platform every client.
   * @errorMessage expected true, or no "all"
   * @examples [true]
   */
  readonly all?: true;
}

/**
 * An id or a name as the billing data has it: 1 to 191 characters.
 * @minLength 1
 * @maxLength 191
 */
export type BillingText = string;
