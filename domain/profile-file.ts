/**
 * A Low Balance Profile: when a prepaid client's available balance is low, and who is told.
 *
 * One file `profiles/<reseller>/<slug>.json` holds one profile; its id is `<reseller>/<slug>`.
 * At least one of `userNotification`, `clientNotification` and `advancedRules` is needed.
 */
export interface ProfileFile {
  /**
   * Where the schema of this file lies, so that the editor can help.
   * @examples ["../../schemas/profile.schema.json"]
   */
  readonly $schema?: string;
  /**
   * The profile's name, as shown in lists and mails.
   * @minLength 1
   * @maxLength 255
   * @examples ["Prepaid wholesale USD"]
   */
  readonly name: string;
  /**
   * The reseller who owns the profile; equals the name of the folder that the file is in.
   * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]*$
   * @maxLength 64
   * @examples ["acme"]
   */
  readonly reseller: string;
  /**
   * The currency of every threshold in this profile: an ISO 4217 code. A client with another currency is compared
   * with the threshold converted by the billing system's exchange rate; without a rate it is told nothing.
   * @pattern ^[A-Z]{3}$
   * @examples ["USD"]
   */
  readonly currency: string;
  /**
   * The profile's place in the list; lower comes first.
   * @asType integer
   * @minimum -1000000
   * @maximum 1000000
   * @examples [10]
   */
  readonly sortOrder: number;
  /**
   * Max Qty: how many notices each rule may send until the balance is refilled.
   * @asType integer
   * @minimum 1
   * @maximum 1000
   * @examples [3]
   */
  readonly maxQty: number;
  /**
   * Period: how often a client is checked, and so how often a rule may repeat its notice.
   * Digits and s, m, h, d or w, combinable; at least 1s.
   * @pattern ^(\d{1,9}[smhdw])+$
   * @examples ["24h", "1d12h"]
   */
  readonly period: string;
  /** Tells the reseller's staff. */
  readonly userNotification?: UserNotification;
  /** Tells the client. */
  readonly clientNotification?: ClientNotification;
  /** Further thresholds for the client, each with a name of its own, optionally only after a time of inactivity. */
  readonly advancedRules?: readonly AdvancedRule[];
}

/** The user rule: tells the reseller's manager and chosen users. Its rule key is `user`. */
export interface UserNotification {
  /**
   * The rule is low when the available balance (balance + credit limit) is below this amount, in the profile's currency. Equal is not low.
   * @examples [100]
   */
  readonly threshold: number;
  /**
   * Whether the reseller's manager e-mail is told.
   * @default true
   */
  readonly notify?: boolean;
  /**
   * Logins of users of the reseller who are told at their e-mail.
   * @default []
   * @examples [["j.doe"]]
   */
  readonly users?: readonly Login[];
  /**
   * Further e-mail addresses that are told.
   * @default []
   * @examples [["noc@acme.example"]]
   */
  readonly emails?: readonly Email[];
}

/** The client rule: tells the client at its billing e-mail. Its rule key is `client`. */
export interface ClientNotification {
  /**
   * The rule is low when the available balance (balance + credit limit) is below this amount, in the profile's currency. Equal is not low.
   * @examples [50]
   */
  readonly threshold: number;
  /**
   * Whether the client's billing e-mail is told.
   * @default true
   */
  readonly notify?: boolean;
  /**
   * Further e-mail addresses that are told, in the client's wording.
   * @default []
   * @examples [["finance@client.example"]]
   */
  readonly emails?: readonly Email[];
}

/** An advanced rule: one more threshold for the client. Its rule key is `advanced:<name>`. */
export interface AdvancedRule {
  /**
   * The rule's name, unique in the profile. Counters stay with it: a renamed rule starts at 0.
   * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]*$
   * @maxLength 64
   * @examples ["dormant"]
   */
  readonly name: string;
  /**
   * The rule is low when the available balance (balance + credit limit) is below this amount, in the profile's currency. Equal is not low.
   * @examples [5]
   */
  readonly threshold: number;
  /**
   * The rule sends only when the last charge is at least this long ago. Payments are not activity; a client never
   * charged counts from its creation. Digits and s, m, h, d or w, combinable.
   * @pattern ^(\d{1,9}[smhdw])+$
   * @examples ["30d"]
   */
  readonly inactivity?: string;
  /**
   * Whether the client's billing e-mail is told.
   * @default true
   */
  readonly notify?: boolean;
  /**
   * Further e-mail addresses that are told, in the client's wording.
   * @default []
   * @examples [["retention@acme.example"]]
   */
  readonly emails?: readonly Email[];
}

/**
 * @minLength 1
 * @maxLength 64
 */
export type Login = string;

/**
 * @maxLength 320
 * @pattern ^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$
 */
export type Email = string;
