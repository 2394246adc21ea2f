import type { IncomingHttpHeaders } from 'node:http';
import { withMaskedAddresses } from '../../domain/masked-address.js';
import { DeliveryError } from '../delivery-error.js';

/** The part of an answer's body that an error quotes, characters. */
const quotedLength = 200;

/** The receiver wants no more webhooks at this address (Standard Webhooks: status 410). */
export class WebhookGoneError extends DeliveryError {
  constructor(where: string) {
    super('rejected', `${where} answered 410: it takes no more webhooks`);
  }
}

/**
 * What a receiver's answer means, by Standard Webhooks; undefined where it accepted (2xx).
 * - 410: it wants no more of them.
 * - 3xx: a redirect is not followed, since the answer to the new address would not be the reviewed one.
 * - 429, 502, 503, 504: asked to slow down; `Retry-After` is heeded.
 * - Every other status is tried again: receivers are mended, and a notice is withdrawn at the next check at the latest.
 */
export function webhookErrorOf(
  where: string,
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
  now: number,
): DeliveryError | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 410) return new WebhookGoneError(where);
  const said = quoted(headers, body);
  const suffix = said === '' ? '' : `: ${said}`;
  if (status >= 300 && status < 400)
    return new DeliveryError('unavailable', `${where} answered ${status}: redirects are not followed`);
  if (status === 401 || status === 403)
    return new DeliveryError(
      'unavailable',
      `${where} answered ${status}, perhaps for the signature${suffix}`,
    );
  const retryAfterMs = retryAfter(headers['retry-after'], now);
  return new DeliveryError(
    status === 429 ? 'rate-limited' : 'unavailable',
    `${where} answered ${status}${suffix}`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/** What can be read of it, without whole addresses: errors are shown on terminals and stand in histories. */
function quoted({ 'content-encoding': encoding = 'identity' }: IncomingHttpHeaders, body: string): string {
  if (encoding !== 'identity') return '';
  const words = body.replaceAll(/[\s\p{C}\ufffd]+/gu, ' ').trim();
  return withMaskedAddresses(words.slice(0, quotedLength));
}

/** Seconds or an HTTP date, in milliseconds from now; undefined where it is neither or past. At most an hour is heeded. */
function retryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  // Date.parse makes a date of nearly any text with a number in it.
  const isDate = /^[A-Za-z]{3,9},? .*\d\d:\d\d:\d\d/.test(text);
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : isDate ? Date.parse(text) - now : Number.NaN;
  return ms > 0 ? Math.min(Math.ceil(ms), 3_600_000) : undefined;
}
