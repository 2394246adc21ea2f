/**
 * What one sync may change at most, and how many clients may be notified within an hour: the file `profiles/policy.json`. A
 * plan that goes beyond a limit is refused, and there is no way around it but a reviewed change of this file.
 */
export interface PolicyFile {
  /**
   * Where the schema of this file lies, so that the editor can help.
   * @examples ["../schemas/policy.schema.json"]
   */
  readonly $schema?: string;
  /**
   * How many percent of a reseller's profiles one sync may delete. A renamed profile counts as deleted, because the
   * billing system's clients still name its old id.
   * @minimum 0
   * @maximum 100
   * @default 50
   * @examples [50]
   */
  readonly maxDeletedPercentPerReseller?: number;
  /**
   * How many percent of all profiles one sync may update. 100 is no limit.
   * @minimum 0
   * @maximum 100
   * @default 100
   * @examples [75]
   */
  readonly maxUpdatedPercent?: number;
  /**
   * How many clients one sync may newly notify: those who are notified at their next check because of it.
   * @asType integer
   * @minimum 0
   * @maximum 1000000000
   * @default 500
   * @examples [500]
   */
  readonly maxNewlyTold?: number;
  /**
   * How many clients one sync may move from the profile they have to another one, or to none, by `appliesTo`, the profiles' order or
   * the resellers' settings. Their counters start afresh.
   * @asType integer
   * @minimum 0
   * @maximum 1000000000
   * @default 500
   * @examples [500]
   */
  readonly maxMovedClients?: number;
  /**
   * How many more notices a day one sync may cause. A short `period` with a high `maxQty` sends a client many notices, though
   * no client is newly notified. A profile that sends less than before does not make up for another one.
   * @asType integer
   * @minimum 0
   * @maximum 1000000000
   * @default 5000
   * @examples [5000]
   */
  readonly maxNoticesPerDay?: number;
  /**
   * How many profiles one sync may create, update, rename or delete: a generator that went wrong changes more than people do.
   * @asType integer
   * @minimum 0
   * @maximum 1000000000
   * @default 10000
   * @examples [100]
   */
  readonly maxChangedProfiles?: number;
  /**
   * The brake: how many clients may be notified of a low balance within an hour. Notices of further clients are held until
   * somebody has looked: bad billing data must not mail a whole fleet.
   * @examples [{ "clients": 50, "percentOfFleet": 25 }]
   */
  readonly maxToldPerHour?: MaxToldPerHour;
}

/** The larger of both counts. */
export interface MaxToldPerHour {
  /**
   * So many clients may always be notified, however small the fleet is.
   * @asType integer
   * @minimum 0
   * @maximum 1000000000
   * @default 50
   * @examples [50]
   */
  readonly clients?: number;
  /**
   * A share of the watched clients, in percent. 100 with any number of clients is no limit.
   * @minimum 0
   * @maximum 100
   * @default 25
   * @examples [25]
   */
  readonly percentOfFleet?: number;
}

/** The policy with its defaults filled in. */
export type Policy = {
  readonly [Name in Exclude<keyof PolicyFile, '$schema'>]-?: Required<NonNullable<PolicyFile[Name]>>;
};

/** The limits of one sync, which are numbers: one guard each. */
export type Limits = {
  readonly [Name in keyof Policy as Policy[Name] extends number ? Name : never]: Policy[Name];
};
