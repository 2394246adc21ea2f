/**
 * A Low Balance Profile: when the available balance of a prepaid client is low, and who is notified.
 *
 * One file `profiles/<reseller>/<slug>.json` holds one profile; its id is `<reseller>/<slug>`.
 * A profile needs at least one of `userNotification`, `clientNotification` and `advancedRules`.
 * @defaultSnippets [
 *   {
 *     "label": "New Low Balance Profile",
 *     "description": "The staff are notified first, the client at half of the amount.",
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
 *   },
 *   {
 *     "label": "New profile for a group of clients",
 *     "description": "Warns the client when the balance lasts for less than three days, in the daytime.",
 *     "body": {
 *       "$schema": "../../schemas/profile.schema.json",
 *       "name": "${1:Wholesale USD}",
 *       "reseller": "${2:acme}",
 *       "currency": "${3:USD}",
 *       "sortOrder": "^${4:10}",
 *       "maxQty": "^${5:3}",
 *       "period": "${6:24h}",
 *       "sendingHours": { "from": "${7:08:00}", "to": "${8:20:00}" },
 *       "appliesTo": { "groups": ["${9:wholesale}"] },
 *       "clientNotification": { "threshold": { "lasts": "${10:3d}" }, "recovered": true }
 *     }
 *   }
 * ]
 */
export interface ProfileFile {
  /**
   * The path of the schema of this file, so that the editor can help. The editor also finds it by the file's place.
   * @errorMessage expected the path of the schema in quotes, such as "../../schemas/profile.schema.json"
   * @examples ["../../schemas/profile.schema.json"]
   */
  readonly $schema?: string;
  /** The profile's name, as shown in lists and mails: 1 to 255 characters. */
  readonly name: DisplayName;
  /** The reseller who owns the profile. Equals the name of the folder that the file is in. */
  readonly reseller: ResellerId;
  /**
   * The currency of every amount in this profile: an ISO 4217 code. For a client with another currency the amounts are
   * converted with the billing system's exchange rate; without a rate no notice is sent.
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
   * How often all clients are looked at between the checks of the Period, so that a fall is noticed sooner. A rule repeats its notice
   * no sooner for it. At least 10s, and less than the Period.
   * @examples ["5m"]
   */
  readonly checkEvery?: Duration;
  /**
   * The hours in which notices may be sent, in the client's time zone. A notice that is due outside of them is sent when they open.
   * @examples [{ "from": "08:00", "to": "20:00", "days": ["mon", "tue", "wed", "thu", "fri"], "audiences": ["client"] }]
   * @defaultSnippets [
   *   { "label": "Daytime", "body": { "from": "${1:08:00}", "to": "${2:20:00}" } },
   *   {
   *     "label": "Working hours, for the client only",
   *     "body": {
   *       "from": "${1:09:00}",
   *       "to": "${2:17:00}",
   *       "days": ["mon", "tue", "wed", "thu", "fri"],
   *       "audiences": ["client"]
   *     }
   *   }
   * ]
   */
  readonly sendingHours?: SendingHoursFile;
  /**
   * What happens with a client whose rule applies already when it is first checked under this profile: `"tell"` notifies it,
   * `"wait"` waits until the rule did not apply once, or a refill came.
   * @errorMessage expected "tell" or "wait"
   * @examples ["wait"]
   */
  readonly alreadyLow?: 'tell' | 'wait';
  /**
   * Which clients have this profile, where the billing data names none for them (`profile_id`). Of several profiles the first by sort
   * order, and then by id, applies. Missing: only clients for which the billing data names it.
   * @examples [{ "groups": ["wholesale"], "currencies": ["USD"] }]
   * @defaultSnippets [
   *   { "label": "A group of clients", "body": { "groups": ["${1:wholesale}"] } },
   *   { "label": "Clients of a currency", "body": { "currencies": ["${1:USD}"] } },
   *   { "label": "Every client of the reseller", "body": { "all": true } }
   * ]
   */
  readonly appliesTo?: AppliesTo;
  /**
   * Notifies the reseller's staff.
   * @examples [{ "threshold": 100, "notify": true, "users": ["j.doe"] }]
   */
  readonly userNotification?: UserNotification;
  /**
   * Notifies the client.
   * @examples [{ "threshold": 50, "notify": true }]
   */
  readonly clientNotification?: ClientNotification;
  /**
   * Further rules for the client, each with a name of its own, optionally only after a time of inactivity.
   * @maxItems 100
   * @errorMessage expected a list of rules in brackets, such as [{ "name": "dormant", "threshold": 5, "inactivity": "30d" }]
   * @examples [[{ "name": "dormant", "threshold": 5, "inactivity": "30d" }]]
   */
  readonly advancedRules?: readonly AdvancedRule[];
}

/** The user rule: notifies the reseller's manager and chosen users. Its rule key is `user`. */
export interface UserNotification {
  /**
   * The limit of the rule. With `"when": "below"`, the rule applies while the available balance (balance + credit limit) is below the
   * limit; equal is not below. One of:
   * - an amount in the profile's currency, which may be negative;
   * - `{ "percentOfCreditLimit": 20 }`: a percentage of the client's credit limit;
   * - `{ "percentOfLastRefill": 10 }`: a percentage of the client's last refill;
   * - `{ "lasts": "3d" }`: what the client usually spends in that time;
   * - `{ "own": true, "otherwise": 50 }`: the client's own threshold, or this amount where it has none.
   * @examples [100, { "lasts": "3d" }]
   * @defaultSnippets [
   *   { "label": "An amount", "description": "In the profile's currency.", "body": "^${1:100}" },
   *   { "label": "Percent of the credit limit", "body": { "percentOfCreditLimit": "^${1:20}" } },
   *   { "label": "Percent of the last refill", "body": { "percentOfLastRefill": "^${1:10}" } },
   *   { "label": "Days that the balance lasts", "description": "At the client's usual spending.", "body": { "lasts": "${1:3d}" } },
   *   { "label": "The client's own threshold", "body": { "own": true, "otherwise": "^${1:100}" } }
   * ]
   */
  readonly threshold: Threshold;
  /**
   * On which side of the limit the rule applies: `"below"` (the balance is low), or `"above"` (what a vendor or a postpaid client owes).
   * @errorMessage expected "below" or "above"
   * @examples ["above"]
   */
  readonly when?: 'below' | 'above';
  /**
   * Whether the reseller's manager e-mail is notified.
   * @errorMessage expected true or false
   */
  readonly notify?: boolean;
  /**
   * Whether those who were notified are notified once more when the rule no longer applies.
   * @errorMessage expected true or false
   * @examples [true]
   */
  readonly recovered?: boolean;
  /**
   * Logins of users of the reseller who are notified at their e-mail.
   * @maxItems 100
   * @errorMessage expected a list of logins in brackets, such as ["j.doe"]
   * @examples [["j.doe"]]
   */
  readonly users?: readonly Login[];
  /**
   * Further e-mail addresses that are notified, in the staff's wording.
   * @maxItems 100
   * @errorMessage expected a list of e-mail addresses in brackets, such as ["noc@acme.example"]
   * @examples [["noc@acme.example"]]
   */
  readonly emails?: readonly Email[];
  /**
   * Names of the reseller's webhooks that are called as well. They are set up in `reseller.json`.
   * @maxItems 20
   * @errorMessage expected a list of webhook names in brackets, such as ["crm"]
   * @examples [["crm"]]
   */
  readonly webhooks?: readonly WebhookName[];
}

/** The client rule: notifies the client at its billing e-mail. Its rule key is `client`. */
export interface ClientNotification {
  /**
   * The limit of the rule. With `"when": "below"`, the rule applies while the available balance (balance + credit limit) is below the
   * limit; equal is not below. One of:
   * - an amount in the profile's currency, which may be negative;
   * - `{ "percentOfCreditLimit": 20 }`: a percentage of the client's credit limit;
   * - `{ "percentOfLastRefill": 10 }`: a percentage of the client's last refill;
   * - `{ "lasts": "3d" }`: what the client usually spends in that time;
   * - `{ "own": true, "otherwise": 50 }`: the client's own threshold, or this amount where it has none.
   * @examples [50, { "lasts": "3d" }]
   * @defaultSnippets [
   *   { "label": "An amount", "description": "In the profile's currency.", "body": "^${1:50}" },
   *   { "label": "Percent of the credit limit", "body": { "percentOfCreditLimit": "^${1:20}" } },
   *   { "label": "Percent of the last refill", "body": { "percentOfLastRefill": "^${1:10}" } },
   *   { "label": "Days that the balance lasts", "description": "At the client's usual spending.", "body": { "lasts": "${1:3d}" } },
   *   { "label": "The client's own threshold", "body": { "own": true, "otherwise": "^${1:50}" } }
   * ]
   */
  readonly threshold: Threshold;
  /**
   * On which side of the limit the rule applies: `"below"` (the balance is low), or `"above"` (what a vendor or a postpaid client owes).
   * @errorMessage expected "below" or "above"
   * @examples ["above"]
   */
  readonly when?: 'below' | 'above';
  /**
   * Whether the client's billing e-mail is notified.
   * @errorMessage expected true or false
   */
  readonly notify?: boolean;
  /**
   * Whether those who were notified are notified once more when the rule no longer applies.
   * @errorMessage expected true or false
   * @examples [true]
   */
  readonly recovered?: boolean;
  /**
   * Further e-mail addresses that are notified, in the client's wording.
   * @maxItems 100
   * @errorMessage expected a list of e-mail addresses in brackets, such as ["finance@client.example"]
   * @examples [["finance@client.example"]]
   */
  readonly emails?: readonly Email[];
  /**
   * Names of the reseller's webhooks that are called as well. They are set up in `reseller.json`.
   * @maxItems 20
   * @errorMessage expected a list of webhook names in brackets, such as ["crm"]
   * @examples [["crm"]]
   */
  readonly webhooks?: readonly WebhookName[];
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
 *   },
 *   {
 *     "label": "Advanced rule on the days that are left",
 *     "description": "Warns when the balance lasts for less than three days, and says when it is refilled.",
 *     "body": { "name": "${1:three-days}", "threshold": { "lasts": "${2:3d}" }, "recovered": true }
 *   },
 *   {
 *     "label": "Advanced rule on what is owed",
 *     "description": "Applies while the available balance is above an amount.",
 *     "body": { "name": "${1:owes}", "when": "above", "threshold": "^${2:1000}" }
 *   }
 * ]
 */
export interface AdvancedRule {
  /** The rule's name, unique in the profile. Counters stay with it: a renamed rule starts at 0. */
  readonly name: RuleName;
  /**
   * The limit of the rule. With `"when": "below"`, the rule applies while the available balance (balance + credit limit) is below the
   * limit; equal is not below. One of:
   * - an amount in the profile's currency, which may be negative;
   * - `{ "percentOfCreditLimit": 20 }`: a percentage of the client's credit limit;
   * - `{ "percentOfLastRefill": 10 }`: a percentage of the client's last refill;
   * - `{ "lasts": "3d" }`: what the client usually spends in that time;
   * - `{ "own": true, "otherwise": 50 }`: the client's own threshold, or this amount where it has none.
   * @examples [5, { "lasts": "3d" }]
   * @defaultSnippets [
   *   { "label": "An amount", "description": "In the profile's currency.", "body": "^${1:5}" },
   *   { "label": "Percent of the credit limit", "body": { "percentOfCreditLimit": "^${1:20}" } },
   *   { "label": "Percent of the last refill", "body": { "percentOfLastRefill": "^${1:10}" } },
   *   { "label": "Days that the balance lasts", "description": "At the client's usual spending.", "body": { "lasts": "${1:3d}" } },
   *   { "label": "The client's own threshold", "body": { "own": true, "otherwise": "^${1:5}" } }
   * ]
   */
  readonly threshold: Threshold;
  /**
   * On which side of the limit the rule applies: `"below"` (the balance is low), or `"above"` (what a vendor or a postpaid client owes).
   * @errorMessage expected "below" or "above"
   * @examples ["above"]
   */
  readonly when?: 'below' | 'above';
  /**
   * The rule sends only when the last charge is at least this long ago. Payments are not activity; for a client never
   * charged its creation counts. Digits and s, m, h, d or w, combinable; at most 3650d.
   * @examples ["30d"]
   */
  readonly inactivity?: Duration;
  /**
   * Whether the client's billing e-mail is notified.
   * @errorMessage expected true or false
   */
  readonly notify?: boolean;
  /**
   * Whether those who were notified are notified once more when the rule no longer applies.
   * @errorMessage expected true or false
   * @examples [true]
   */
  readonly recovered?: boolean;
  /**
   * Further e-mail addresses that are notified, in the client's wording.
   * @maxItems 100
   * @errorMessage expected a list of e-mail addresses in brackets, such as ["retention@acme.example"]
   * @examples [["retention@acme.example"]]
   */
  readonly emails?: readonly Email[];
  /**
   * Names of the reseller's webhooks that are called as well. They are set up in `reseller.json`.
   * @maxItems 20
   * @errorMessage expected a list of webhook names in brackets, such as ["crm"]
   * @examples [["crm"]]
   */
  readonly webhooks?: readonly WebhookName[];
}

/**
 * Where a rule's limit comes from.
 * @errorMessage expected an amount such as 100, or one of { "percentOfCreditLimit": 20 }, { "percentOfLastRefill": 10 }, { "lasts": "3d" }, { "own": true, "otherwise": 50 }
 */
export type Threshold = ThresholdAmount | PercentOfCreditLimit | PercentOfLastRefill | Lasts | OwnThreshold;

/** A percentage of the client's credit limit. The rule is quiet for a client without one. */
export interface PercentOfCreditLimit {
  /** How many percent of the client's credit limit. */
  readonly percentOfCreditLimit: Percentage;
}

/** A percentage of the client's last refill. The rule is quiet before the first refill. */
export interface PercentOfLastRefill {
  /** How many percent of the client's last refill. */
  readonly percentOfLastRefill: Percentage;
}

/** What the client usually spends in a time: the rule applies when the balance lasts for less. It is quiet for a client that spends nothing. */
export interface Lasts {
  /**
   * For how long the balance lasts at the client's usual spending: digits and s, m, h, d or w, combinable.
   * @examples ["3d"]
   */
  readonly lasts: Duration;
}

/** The threshold that the billing system keeps for the client. */
export interface OwnThreshold {
  /**
   * The client's own threshold, in its currency.
   * @errorMessage expected true
   * @examples [true]
   */
  readonly own: true;
  /**
   * The amount for a client that has no threshold of its own, in the profile's currency. Without it the rule is quiet for such a client.
   * @errorMessage expected an amount without quotes, such as 50 or 49.95
   * @examples [50]
   */
  readonly otherwise?: ThresholdAmount;
}

/** The hours in which notices may be sent. */
export interface SendingHoursFile {
  /**
   * When the hours begin, on a clock of 24 hours.
   * @examples ["08:00"]
   */
  readonly from: TimeOfDay;
  /**
   * When the hours end; "24:00" is midnight. Before `from`: on the next day; equal to `from`: after 24 hours.
   * @examples ["20:00"]
   */
  readonly to: ClosingTime;
  /**
   * The days on which the hours begin, also where they end after midnight.
   * @uniqueItems true
   * @errorMessage expected a list of days in brackets, such as ["mon", "tue", "wed", "thu", "fri"]
   * @examples [["mon", "tue", "wed", "thu", "fri"]]
   */
  readonly days?: readonly Weekday[];
  /**
   * Whose notices wait for the hours: the reseller's staff, the client, or both.
   * @uniqueItems true
   * @errorMessage expected a list in brackets: ["client"], ["staff"] or both
   * @examples [["client"]]
   */
  readonly audiences?: readonly HoursAudience[];
}

/** Which clients a profile applies to: each field that is there must fit, one entry of its list is enough. */
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
 * An amount in the profile's currency.
 * @minimum -1000000000000
 * @maximum 1000000000000
 * @examples [100]
 */
export type ThresholdAmount = number;

/**
 * A percentage.
 * @exclusiveMinimum 0
 * @maximum 100000
 * @errorMessage expected a percentage without quotes and sign, such as 20
 * @examples [20]
 */
export type Percentage = number;

/**
 * A time of day on a clock of 24 hours.
 * @pattern ^([01]\d|2[0-3]):[0-5]\d$
 * @errorMessage expected a time of day in quotes, such as "08:00"
 * @patternErrorMessage expected a time of day on a clock of 24 hours, with two digits each, such as "08:00"
 * @examples ["08:00"]
 */
export type TimeOfDay = string;

/**
 * A time of day, or the end of it.
 * @pattern ^(([01]\d|2[0-3]):[0-5]\d|24:00)$
 * @errorMessage expected a time of day in quotes, such as "20:00"
 * @patternErrorMessage expected a time of day on a clock of 24 hours, with two digits each, such as "20:00" or "24:00"
 * @examples ["20:00"]
 */
export type ClosingTime = string;

/** @errorMessage expected one of "mon", "tue", "wed", "thu", "fri", "sat", "sun" */
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** @errorMessage expected "staff" or "client" */
export type HoursAudience = 'staff' | 'client';

/**
 * The name of a webhook of the reseller.
 * @maxLength 64
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._\-]*$
 * @errorMessage expected the name of a webhook in quotes, such as "crm"
 * @patternErrorMessage expected the name of a webhook: letters, digits, ".", "_" and "-", such as "crm"
 * @examples ["crm"]
 */
export type WebhookName = string;

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
 * An id or a name as the billing data has it: 1 to 191 characters.
 * @minLength 1
 * @maxLength 191
 * @errorMessage expected a text in quotes, as the billing data has it
 */
export type BillingText = string;
