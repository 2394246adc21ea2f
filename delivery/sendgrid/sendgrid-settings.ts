import {
  flag,
  httpUrl,
  missing,
  optionalCount,
  port,
  SettingsError,
  text,
  type Environment,
} from '../../settings/read-settings.js';
import { messageOf } from '../../domain/error-message.js';
import { publicKeyOf } from './sendgrid-receiver.js';

/** SendGrid's settings. */
export interface SendGridSettings {
  readonly apiKey: string;
  /** SendGrid's own for the region where absent; the local mailbox's in the demo. */
  readonly baseUrl: string | undefined;
  readonly sandbox: boolean;
  readonly clickTracking: boolean;
  readonly unsubscribeGroupId: number | undefined;
  readonly categories: readonly string[];
  readonly ratePerSecond: number | undefined;
  /** Dynamic template ids by `<audience>` or `<audience>.<language>`, such as `{"client":"d-1","client.de":"d-2"}`. */
  readonly templateIds: Readonly<Record<string, string>>;
  /** Absent: SendGrid's events are not received here. */
  readonly receiver: { readonly publicKey: string; readonly port: number } | undefined;
}

/** Throws SettingsError. */
export function sendGridSettings(env: Environment): SendGridSettings {
  return {
    apiKey: apiKey(env),
    baseUrl: httpUrl(env, 'SENDGRID_BASE_URL'),
    sandbox: flag(env, 'SENDGRID_SANDBOX', false),
    clickTracking: flag(env, 'SENDGRID_CLICK_TRACKING', false),
    unsubscribeGroupId: optionalCount(env, 'SENDGRID_UNSUBSCRIBE_GROUP', 1),
    categories: (text(env, 'SENDGRID_CATEGORIES') ?? 'low-balance').split(',').map((each) => each.trim()),
    ratePerSecond: optionalCount(env, 'SENDGRID_RATE_PER_SECOND', 1),
    templateIds: templateIds(env),
    receiver: receiverSettings(env),
  };
}

function apiKey(env: Environment): string {
  const key = text(env, 'SENDGRID_API_KEY') ?? missing('SENDGRID_API_KEY', 'SG.xxxxx');
  // Docker's --env-file keeps quotes.
  if (!/^[\x21-\x7e]+$/.test(key) || /^(["']).*\1$/.test(key)) {
    throw new SettingsError(
      'SENDGRID_API_KEY holds quotes, blanks or characters that no key has. Expected the key alone, such as SG.xxxxx',
    );
  }
  return key;
}

function receiverSettings(env: Environment): SendGridSettings['receiver'] {
  const publicKey = text(env, 'SENDGRID_WEBHOOK_PUBLIC_KEY');
  if (publicKey === undefined) return undefined;
  try {
    publicKeyOf(publicKey);
  } catch (error) {
    throw new SettingsError(`SENDGRID_WEBHOOK_PUBLIC_KEY: ${messageOf(error)}`, { cause: error });
  }
  return { publicKey, port: port(env, 'SENDGRID_WEBHOOK_PORT', 8080, 1) };
}

function templateIds(env: Environment): Readonly<Record<string, string>> {
  const value = text(env, 'SENDGRID_TEMPLATES');
  if (value === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && Object.entries(parsed).every(isTemplateId))
      return parsed as Record<string, string>;
  } catch {
    // Said below, with what was expected.
  }
  throw new SettingsError(
    `SENDGRID_TEMPLATES is ${value}. Expected JSON of dynamic template ids, such as {"client":"d-123","staff":"d-456","client.de":"d-789"}`,
  );
}

/** A name that no mail has would leave its mails with our words, without a sign of it. */
function isTemplateId([name, id]: readonly [string, unknown]): boolean {
  return (
    /^(client|staff)(\.[a-z]{2,8}([-_][a-z\d]{1,8})*)?$/i.test(name) && typeof id === 'string' && id !== ''
  );
}
