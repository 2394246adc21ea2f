/**
 * Deletions that were reviewed: the file `profiles/acknowledged.json`. A sync that takes a profile away from clients needs
 * a confirmation; an entry of this file, merged with the deletion, is one.
 */
export interface AcknowledgedFile {
  /**
   * Where the schema of this file lies, so that the editor can help.
   * @examples ["../schemas/acknowledged.schema.json"]
   */
  readonly $schema?: string;
  /**
   * Profile id `<reseller>/<slug>` → how many clients may lose the profile by its deletion or rename, at most. The comment
   * of the plan says what to write. An entry has no effect any more when the deletion is synced, and may then be removed.
   * @default {}
   * @examples [{ "acme/prepaid-usd": 12 }]
   */
  readonly deletions?: Readonly<Record<string, ClientCount>>;
}

/**
 * How many clients may lose the profile, at most.
 * @asType integer
 * @minimum 0
 * @maximum 1000000000
 * @errorMessage expected a whole number of clients, such as 12
 * @examples [12]
 */
export type ClientCount = number;
