import type { ProfileFile } from '../domain/profile/profile-file.js';
import type {
  Amount,
  Offset,
  PositiveAmount,
  ScenarioRate,
  ScenarioStatus,
  SignedOffset,
  UnsignedAmount,
} from './scenario-values.js';

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
   * This amount is taken from the balance, and counts as activity. What is given back is a correction: `adjust`.
   * @examples [5]
   */
  readonly charge?: UnsignedAmount;
  /**
   * This amount is added to the balance, and the refill is signalled.
   * @examples [20]
   */
  readonly refill?: PositiveAmount;
  /**
   * This amount is added to the balance, or taken from it where it is negative: a correction, neither a charge nor a refill.
   * @examples [-12.5, 30]
   */
  readonly adjust?: Amount;
  /**
   * The id of the refill, by which a later signal repeats it. Default: an id of its own.
   * @minLength 1
   * @maxLength 255
   * @errorMessage expected the refill's id in quotes, such as "r-1"
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
   * @errorMessage expected false, or a signal such as { "id": "r-1", "at": "100h" }
   * @examples [false, { "id": "r-1", "at": "100h" }]
   */
  readonly signal?: boolean | ScenarioSignal;
  /**
   * The credit limit is set to this amount.
   * @examples [50]
   */
  readonly creditLimit?: Amount;
  /**
   * What the billing data says of the client is set.
   * @examples [{ "creditLimit": 100, "dailySpend": 12, "ownThreshold": 30 }]
   */
  readonly client?: ClientChange;
  /** The client is suspended, closed or active again. A client that is active again is watched at once. */
  readonly status?: ScenarioStatus;
  /**
   * The client pays in advance, or no longer does, and is then watched no more.
   * @errorMessage expected true or false
   * @examples [false]
   */
  readonly prepaid?: boolean;
  /** An exchange rate is set, or taken away with `"rate": null`. */
  readonly rate?: ScenarioRate;
  /**
   * The client's e-mail is set; `null`: it has none.
   * @minLength 1
   * @errorMessage expected an e-mail address in quotes, or null
   * @examples ["billing@client.example", null]
   */
  readonly billingEmail?: string | null;
  /**
   * The reseller's manager e-mail is set; `null`: there is none.
   * @minLength 1
   * @errorMessage expected an e-mail address in quotes, or null
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
   * @minLength 1
   * @errorMessage expected the id of a profile in quotes, such as "acme/other", or null
   * @examples ["acme/other", null]
   */
  readonly moveTo?: string | null;
  /**
   * The mail provider refuses, and so do webhooks: `true`, until `mailFails: false`, and sending is tried again; `"rejected"`: it refuses
   * each mail for good.
   * @errorMessage expected true, false or "rejected"
   * @examples [true, false, "rejected"]
   */
  readonly mailFails?: boolean | 'rejected';
  /**
   * The billing data cannot be read: `true`, until `readFails: false`, and the check waits for that instant; `"permanent"`:
   * no retry helps, and the next check comes as planned.
   * @errorMessage expected true, false or "permanent"
   * @examples [true, false, "permanent"]
   */
  readonly readFails?: boolean | 'permanent';
  /**
   * `false`: no worker runs; what falls due meanwhile waits for `true`.
   * @errorMessage expected true or false
   * @examples [false, true]
   */
  readonly worker?: boolean;
  /**
   * The client's workflow is terminated, and reconciliation starts it again.
   * @examples [true]
   */
  readonly terminate?: true;
  /**
   * An operator asks for a check at once. It does not move the checks that are planned.
   * @errorMessage expected true
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
   * @errorMessage expected true
   * @examples [true]
   */
  readonly unmute?: true;
  /**
   * An operator sets the counter of this rule to 0.
   * @examples ["client"]
   */
  readonly resetRule?: ScenarioRuleKey;
}

/** Fields of the client that are set; those that are missing stay as they are. */
export interface ClientChange {
  /**
   * The credit limit, in the client's currency.
   * @examples [100]
   */
  readonly creditLimit?: Amount;
  /**
   * The client's own threshold, in its currency; `null`: it has none.
   * @errorMessage expected an amount, or null
   * @examples [30, null]
   */
  readonly ownThreshold?: Amount | null;
  /**
   * What the client spends in a day, in its currency; `null`: not known.
   * @errorMessage expected an amount, or null
   * @examples [12, null]
   */
  readonly dailySpend?: Amount | null;
  /**
   * The amount of the last refill, in the client's currency; `null`: not known.
   * @errorMessage expected an amount, or null
   * @examples [100, null]
   */
  readonly lastRefillAmount?: Amount | null;
  /**
   * The client's time zone: an IANA name; `null`: not known.
   * @minLength 1
   * @errorMessage expected the name of a time zone in quotes, such as "Europe/Vienna", or null
   * @examples ["Europe/Vienna", null]
   */
  readonly timeZone?: string | null;
}

/** A refill signal as billing systems send it: which refill, and when it was. */
export interface ScenarioSignal {
  /**
   * The id of the refill.
   * @minLength 1
   * @maxLength 255
   * @errorMessage expected the refill's id in quotes, such as "r-1"
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

/**
 * The key of a rule.
 * @pattern ^(user|client|advanced:.+)$
 * @errorMessage expected "user", "client" or "advanced:<name>"
 */
export type ScenarioRuleKey = string;

/** Fields of a profile that replace those it has; `null` removes one. */
export type ProfileEdit = {
  readonly [Field in keyof ProfileFile]?: ProfileFile[Field] | null;
};
