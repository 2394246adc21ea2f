import type { Email, WebhookName } from '../profile/profile-file.js';

/**
 * A reseller's own settings: the file `profiles/<reseller>/reseller.json`. The file is optional, and so is each field.
 * @defaultSnippets [
 *   {
 *     "label": "Settings of a reseller",
 *     "description": "Sender, brand, top-up link and support lines of the reseller's mails.",
 *     "body": {
 *       "$schema": "../../schemas/reseller.schema.json",
 *       "sender": { "from": "${1:Acme Billing} <${2:billing@acme.example}>", "replyTo": "${3:support@acme.example}" },
 *       "brand": { "name": "${4:Acme}", "color": "${5:#d9822b}" },
 *       "topUpUrl": "${6:https://portal.acme.example/top-up?client={clientId\\}}",
 *       "support": { "email": "${3:support@acme.example}" },
 *       "language": "${7:en}",
 *       "timeZone": "${8:Europe/London}"
 *     }
 *   }
 * ]
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
  /**
   * In whose name mails to this reseller's clients and staff are sent. Without it: `MAIL_FROM` of the workers.
   */
  readonly sender?: ResellerSender;
  /** How the reseller presents itself in mails. */
  readonly brand?: ResellerBrand;
  /**
   * Where the client pays: the button of the client's mail. `{clientId}`, `{currency}` and `{language}` are filled in.
   * @maxLength 2000
   * @pattern ^https://
   * @errorMessage expected an https address in quotes, such as "https://portal.acme.example/top-up?client={clientId}"
   * @patternErrorMessage expected an https address, such as "https://portal.acme.example/top-up?client={clientId}"
   * @examples ["https://portal.acme.example/top-up?client={clientId}"]
   */
  readonly topUpUrl?: string;
  /** Where people ask: a line at the end of mails. */
  readonly support?: ResellerSupport;
  /**
   * The language of mails where the billing data has none for a client (BCP 47).
   * @minLength 2
   * @maxLength 35
   * @errorMessage expected a language in quotes, such as "de"
   * @examples ["de", "pt-BR"]
   */
  readonly language?: string;
  /**
   * The time zone where the billing data has none for a client: of times in mails, and of sending hours (IANA name).
   * @minLength 1
   * @maxLength 64
   * @errorMessage expected the name of a time zone in quotes, such as "Europe/Vienna"
   * @examples ["Europe/Vienna"]
   */
  readonly timeZone?: string;
  /** The reseller's own account at SendGrid, such as a subuser: its own limits, and its own alarms. */
  readonly sendGrid?: ResellerSendGrid;
  /**
   * Receivers of notices as JSON over HTTP, by name; the rules of profiles name them (`"webhooks": ["crm"]`).
   * @errorMessage expected an object of webhooks by name, such as { "crm": { "url": "https://crm.acme.example/hooks/balance", "secretVariable": "ACME_CRM_SECRET" } }
   * @examples [{ "crm": { "url": "https://crm.acme.example/hooks/balance", "secretVariable": "ACME_CRM_SECRET" } }]
   */
  readonly webhooks?: Readonly<Record<WebhookName, ResellerWebhook>>;
}

/** In whose name mails are sent. */
export interface ResellerSender {
  /**
   * The address that mails come from, with the name that is shown. The provider must know its domain as verified.
   * @minLength 3
   * @maxLength 400
   * @errorMessage expected a name and an address in quotes, such as "Acme Billing <billing@acme.example>"
   * @examples ["Acme Billing <billing@acme.example>"]
   */
  readonly from: string;
  /**
   * Where answers go. Without it: to `from`.
   * @minLength 3
   * @maxLength 400
   * @errorMessage expected an address in quotes, such as "support@acme.example"
   * @examples ["support@acme.example"]
   */
  readonly replyTo?: string;
}

/** How the reseller presents itself. */
export interface ResellerBrand {
  /**
   * The name that mails show. Without it: the reseller's name in the billing data.
   * @minLength 1
   * @maxLength 100
   * @errorMessage expected a name in quotes, such as "Acme"
   * @examples ["Acme"]
   */
  readonly name?: string;
  /**
   * The address of the logo, an https address. Mails stay readable without it.
   * @maxLength 2000
   * @pattern ^https://
   * @errorMessage expected an https address in quotes, such as "https://acme.example/logo.png"
   * @patternErrorMessage expected an https address, such as "https://acme.example/logo.png"
   * @examples ["https://acme.example/logo.png"]
   */
  readonly logoUrl?: string;
  /**
   * The colour of the frame and of the button.
   * @pattern ^#[0-9a-fA-F]{6}$
   * @errorMessage expected a colour as "#rrggbb", such as "#d9822b"
   * @patternErrorMessage expected a colour as "#rrggbb", such as "#d9822b"
   * @default "#d9822b"
   * @examples ["#d9822b"]
   */
  readonly color?: string;
}

/** Where people ask. */
export interface ResellerSupport {
  /** The address of the support. */
  readonly email?: Email;
  /**
   * The number of the support, as people dial it.
   * @minLength 3
   * @maxLength 50
   * @errorMessage expected a phone number in quotes, such as "+1 555 0100"
   * @examples ["+1 555 0100"]
   */
  readonly phone?: string;
  /**
   * The support's page, an https address.
   * @maxLength 2000
   * @pattern ^https://
   * @errorMessage expected an https address in quotes, such as "https://acme.example/help"
   * @patternErrorMessage expected an https address, such as "https://acme.example/help"
   * @examples ["https://acme.example/help"]
   */
  readonly url?: string;
}

/** The reseller's own account at SendGrid. */
export interface ResellerSendGrid {
  /**
   * The variable of the workers' environment that holds the account's API key.
   * @examples ["ACME_SENDGRID_API_KEY"]
   */
  readonly apiKeyVariable: VariableName;
}

/** A receiver of notices, called by the Standard Webhooks convention. */
export interface ResellerWebhook {
  /**
   * The https address that notices are posted to. It is no secret: anybody who reads the repository sees it.
   * @maxLength 2000
   * @pattern ^https?://
   * @errorMessage expected an https address in quotes, such as "https://crm.acme.example/hooks/balance"
   * @patternErrorMessage expected an https address, such as "https://crm.acme.example/hooks/balance"
   * @examples ["https://crm.acme.example/hooks/balance"]
   */
  readonly url: string;
  /** The variable of the workers' environment that holds the secret of the signature (`whsec_` and base64). */
  readonly secretVariable: VariableName;
}

/**
 * The name of a variable of the workers' environment: secrets never stand in files.
 * @maxLength 100
 * @pattern ^[A-Z][A-Z0-9_]*$
 * @errorMessage expected the name of a variable in quotes, such as "ACME_CRM_SECRET"
 * @patternErrorMessage expected the name of a variable, not its value: capital letters, digits and "_", such as "ACME_CRM_SECRET"
 * @examples ["ACME_CRM_SECRET"]
 */
export type VariableName = string;

/**
 * An id as the billing data has it: 1 to 64 characters.
 * @minLength 1
 * @maxLength 64
 */
export type BillingId = string;
