import { ok, warning, wrong, type Finding } from '../../domain/finding.js';
import { messageOf } from '../../domain/error-message.js';
import type { SendGridSettings } from './sendgrid-settings.js';

const timeoutMs = 8_000;

/** Asks SendGrid what the API key may do. Sends nothing. */
export async function examineSendGrid({
  apiKey,
  baseUrl,
  unsubscribeGroupId,
}: SendGridSettings): Promise<readonly Finding[]> {
  const address = (baseUrl ?? 'https://api.sendgrid.com').replace(/\/+$/, '');
  try {
    const response = await fetch(`${address}/v3/scopes`, {
      headers: { Authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return [
      findingOf(address, response.status, await scopesOf(response)),
      ...unsubscribing(unsubscribeGroupId),
    ];
  } catch (error) {
    return [wrong('SendGrid', `${address} does not answer: ${messageOf(error)}`)];
  }
}

function findingOf(address: string, status: number, scopes: readonly unknown[] | undefined): Finding {
  if (status === 401 || status === 403) {
    return wrong(
      'SendGrid',
      `${address} refuses the key (${status}). Expected an API key with the scope mail.send`,
    );
  }
  if (status === 429) {
    return warning('SendGrid', `${address} asks to wait (429): the key's limit is used up just now`);
  }
  if (status !== 200 || !scopes) {
    return wrong(
      'SendGrid',
      `${address} answered ${status}, and no list of scopes. Expected SendGrid's API at SENDGRID_BASE_URL`,
    );
  }
  return scopes.includes('mail.send')
    ? ok('SendGrid', `${address} takes the key, which may send`)
    : wrong('SendGrid', `the key may not send. Expected the scope mail.send at ${address}`);
}

async function scopesOf(response: Response): Promise<readonly unknown[] | undefined> {
  try {
    const body: unknown = await response.json();
    const scopes = typeof body === 'object' && body !== null && 'scopes' in body ? body.scopes : undefined;
    return Array.isArray(scopes) ? (scopes as readonly unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function unsubscribing(groupId: number | undefined): readonly Finding[] {
  return groupId === undefined
    ? []
    : [ok('unsubscribing', `with one click, from SendGrid's group ${groupId}: who left it is not notified`)];
}
