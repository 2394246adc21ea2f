import { ok, warning, wrong, type Finding } from '../../domain/finding.js';
import { messageOf } from '../../domain/error-message.js';
import type { ExaminedSender } from '../email/email-provider.js';
import type { SendGridSettings } from './sendgrid-settings.js';

const timeoutMs = 8_000;

/**
 * Whether SendGrid takes mails of a sender: by its list of authenticated domains, and by the addresses that were verified alone. A key
 * without the right to read them is a warning: mails may well be accepted.
 */
export async function examineSendGridSender(
  { apiKey, baseUrl }: Pick<SendGridSettings, 'apiKey' | 'baseUrl'>,
  { reseller, address, key }: ExaminedSender,
): Promise<readonly Finding[]> {
  const what = `sender ${reseller}`;
  const host = (baseUrl ?? 'https://api.sendgrid.com').replace(/\/+$/, '');
  const ask = (place: string) => asked(`${host}${place}`, key ?? apiKey);
  try {
    const scopes = await ask('/v3/scopes');
    if (scopes.status === 401 || scopes.status === 403)
      return [
        wrong(
          what,
          `SendGrid refuses the key of ${reseller} (${scopes.status}). Expected an API key with the scope mail.send`,
        ),
      ];
    if (address === undefined) return [ok(what, 'SendGrid takes the key; mails have the sender MAIL_FROM')];
    const domains = await ask('/v3/whitelabel/domains?limit=200');
    const senders = await ask('/v3/verified_senders');
    if (domains.status !== 200 && senders.status !== 200)
      return [
        warning(
          what,
          `whether SendGrid has verified ${domainOf(address)} is not known: the key may not read sender authentication`,
        ),
      ];
    const isKnown = isAuthenticated(domains.body, address) || isVerified(senders.body, address);
    return [
      isKnown
        ? ok(what, `SendGrid has verified ${domainOf(address)}`)
        : wrong(
            what,
            `SendGrid has verified neither the domain ${domainOf(address)} nor the address of ${reseller}/reseller.json. Expected it under Settings, Sender Authentication`,
          ),
    ];
  } catch (error) {
    return [wrong(what, `${host} does not answer: ${messageOf(error)}`)];
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function asked(url: string, key: string): Promise<Answer> {
  const response = await fetch(url, {
    headers: { Authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'manual',
  });
  try {
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: response.status, body: undefined };
  }
}

function domainOf(address: string): string {
  return (address.split('@')[1] ?? '').toLowerCase();
}

/** A domain covers its subdomains. */
function isAuthenticated(body: unknown, address: string): boolean {
  const domain = domainOf(address);
  return listOf(body).some((each) => {
    const known = textAt(each, 'domain')?.toLowerCase();
    return (
      known !== undefined &&
      valueAt(each, 'valid') === true &&
      (domain === known || domain.endsWith(`.${known}`))
    );
  });
}

function isVerified(body: unknown, address: string): boolean {
  return listOf(valueAt(body, 'results')).some(
    (each) =>
      textAt(each, 'from_email')?.toLowerCase() === address.toLowerCase() &&
      valueAt(each, 'verified') === true,
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function valueAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textAt(value: unknown, name: string): string | undefined {
  const found = valueAt(value, name);
  return typeof found === 'string' ? found : undefined;
}
