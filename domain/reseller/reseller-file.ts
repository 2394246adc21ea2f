/**
 * A reseller's own settings: the file `profiles/<reseller>/reseller.json`. The file is optional, and so is each field.
 */
export interface ResellerFile {
  /**
   * Where the schema of this file lies, so that the editor can help.
   * @examples ["../../schemas/reseller.schema.json"]
   */
  readonly $schema?: string;
  /**
   * The reseller's id in the billing data, where it is not the folder's name. `null`: the clients that have no reseller there.
   * @errorMessage expected the reseller's id in quotes, such as "17", or null for clients without a reseller
   * @examples ["17", null]
   */
  readonly billingId?: BillingId | null;
  /**
   * The profiles of this folder are the platform's: their `appliesTo` chooses among the clients of all resellers, and they come after
   * the reseller's own profiles.
   * @default false
   * @errorMessage expected true or false
   * @examples [true]
   */
  readonly platform?: boolean;
}

/**
 * An id as the billing data has it: 1 to 64 characters.
 * @minLength 1
 * @maxLength 64
 */
export type BillingId = string;
