import { DeliveryError, type DeliveryErrorKind } from '../delivery-error.js';
import type { ExcludedRecipient } from '../../domain/notices.js';
import { pauseOf } from './sendgrid-pause.js';

/** One error of SendGrid's answer, such as `{ field: 'personalizations.0.to.0.email', message: 'Does not contain a valid address.' }`. */
interface AnsweredError {
  readonly field: string | null;
  readonly message: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly AnsweredError[];
}

/** The connection never came about, so nothing was sent. */
const beforeTheCall = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EHOSTDOWN',
  'ENETDOWN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'EPROTO',
]);

/** SendGrid's answer was not that it accepted. */
export class NotAccepted extends Error {
  override readonly name = 'NotAccepted';
  readonly response: { readonly status: number; readonly headers: object; readonly body: unknown };

  constructor(status: number, headers: object, body: unknown) {
    super(`answered ${status}`);
    this.response = { status, headers, body };
  }
}

/**
 * What an error of SendGrid's client means. The client's own error is not kept as the cause: it carries the request with the API key.
 */
export function mailErrorOf(error: unknown, apiKey: string): DeliveryError {
  const answer = answerOf(error);
  const say = (text: string) => sayable(text.replaceAll(apiKey, '[key]'));
  if (!answer) {
    const { code, message } = codeAndMessage(error);
    if (!isOfTheNetwork(error))
      return new DeliveryError('rejected', say(`the mail cannot be made: ${message}`));
    if (code !== undefined && beforeTheCall.has(code)) {
      return new DeliveryError('unavailable', say(`SendGrid cannot be reached: ${code}`));
    }
    return new DeliveryError(
      'no-answer',
      say(`SendGrid was asked and its answer was lost: ${code ?? message}`),
    );
  }
  const kind = kindOf(answer.status);
  const retryAfterMs = kind === 'rate-limited' ? pauseOf(answer.headers, Date.now()) : undefined;
  return new DeliveryError(
    kind,
    say(`SendGrid answered ${answer.status}${answer.errors.map(sentenceOf).join('')}`),
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/**
 * The recipients that a 400 refuses by name; none where anything else is wrong too, because then no mail of this
 * content is accepted.
 */
export function refusedRecipientsOf(
  error: unknown,
  recipients: readonly string[],
): readonly ExcludedRecipient[] {
  const answer = answerOf(error);
  if (answer?.status !== 400 || answer.errors.length === 0) return [];
  const refused = new Map<string, ExcludedRecipient>();
  for (const { field, message } of answer.errors) {
    const [, index] = /^personalizations\.(\d+)(?:\.to\b.*)?$/.exec(field ?? '') ?? [];
    const address = index === undefined ? undefined : recipients[Number(index)];
    if (address === undefined) return [];
    refused.set(address, {
      address,
      reason: sayable(`refused by SendGrid: ${message}`),
    });
  }
  return [...refused.values()];
}

function kindOf(status: number): DeliveryErrorKind {
  switch (status) {
    case 400:
    case 413:
      return 'rejected';
    case 401:
    case 403:
      return 'unauthorized';
    case 429:
      return 'rate-limited';
    default:
      return 'unavailable';
  }
}

/** Messages reach logs, MySQL and histories, where no address and no half of a character belongs. */
function sayable(text: string): string {
  return text
    .replaceAll(/[^\s@<>()[\]"',;:]+@[^\s@<>()[\]"',;:]+/gu, '[address]')
    .slice(0, 1_000)
    .replaceAll(/\p{Cs}/gu, '\ufffd');
}

function sentenceOf({ field, message }: AnsweredError): string {
  return `; ${field === null ? '' : `${field}: `}${message}`;
}

function answerOf(error: unknown): Answer | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined;
  const { response } = error;
  if (typeof response !== 'object' || response === null) return undefined;
  const { headers, body, data, status } = response as Record<string, unknown>;
  if (typeof status !== 'number') return undefined;
  return {
    status,
    headers: Object.fromEntries(
      Object.entries((headers ?? {}) as Record<string, unknown>).map(([name, value]) => [
        name.toLowerCase(),
        String(value),
      ]),
    ),
    errors: answeredErrors(body ?? data),
  };
}

function answeredErrors(body: unknown): readonly AnsweredError[] {
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null) return [];
    const { field, message } = each as Record<string, unknown>;
    return [
      {
        field: typeof field === 'string' ? field : null,
        message: typeof message === 'string' ? message : '',
      },
    ];
  });
}

/** Node's and axios's errors carry a code as text; what throws without one is a fault in making the mail. */
function isOfTheNetwork(error: unknown): boolean {
  return codeAndMessage(error).code !== undefined;
}

function codeAndMessage(error: unknown): { readonly code: string | undefined; readonly message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { code: code === 'ERR_CANCELED' ? 'no answer in time' : code, message: error.message };
}
