import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Webhook } from 'standardwebhooks';
import { DeliveryError } from '../delivery-error.js';
import { PrivateAddressError, publicLookup, refusePrivateHost, type Resolve } from './public-address.js';
import { webhookErrorOf } from './webhook-answer.js';

/** One call of a receiver. */
export interface WebhookCall {
  readonly url: string;
  /** As Standard Webhooks has it: `whsec_` and base64. */
  readonly secret: string;
  /** The message's id: the same at each attempt, so that a receiver recognises a repetition. */
  readonly id: string;
  /** The JSON that is signed and sent. */
  readonly body: string;
  /** From the call's begin to the end of the answer, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface WebhookTransportOptions {
  /** Lets webhooks reach loopback and private addresses: for receivers in one's own network. */
  readonly allowPrivate: boolean;
  /** The system's resolver by default. */
  readonly resolve?: Resolve;
  /** A certificate authority of one's own, PEM. */
  readonly ca?: string;
}

/** Of an answer this much is read, bytes; a larger one is cut off, and its status counts. */
const longestAnswer = 64 * 1024;

/**
 * Posts a message by the Standard Webhooks convention (https://www.standardwebhooks.com): headers `webhook-id`,
 * `webhook-timestamp` and `webhook-signature`. Resolves with the status of an acceptance (2xx); throws DeliveryError
 * otherwise. No redirect is followed, and no answer is waited for longer than the time limit. Errors name the host, never
 * the path or the query of the URL, which may hold a token.
 */
export async function postWebhook(call: WebhookCall, options: WebhookTransportOptions): Promise<number> {
  const url = parsedUrl(call.url);
  const where = url.host;
  const headers = signedHeaders(call, where);
  if (call.signal.aborted) throw new DeliveryError('unavailable', 'given up before it was sent');
  let answered: Answer;
  try {
    if (!options.allowPrivate) refusePrivateHost(url.hostname);
    answered = await exchange(url, headers, call, options);
  } catch (error) {
    throw transportError(where, error);
  }
  const failure = webhookErrorOf(where, answered.status, answered.headers, answered.body, Date.now());
  if (failure) throw failure;
  return answered.status;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function parsedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new DeliveryError('rejected', 'the address of the webhook is not an http or https URL');
  return url;
}

function signedHeaders({ secret, id, body }: WebhookCall, where: string): Record<string, string> {
  const at = new Date();
  let signature: string;
  try {
    signature = new Webhook(secret).sign(id, at, body);
  } catch (error) {
    // The library's message may quote a part of the secret.
    throw new DeliveryError(
      'unauthorized',
      `the secret of the webhook at ${where} cannot be used: expected "whsec_" and base64, as Standard Webhooks has it`,
      { cause: error instanceof Error ? error.name : undefined },
    );
  }
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'low-balance-profiles',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signature,
  };
}

function exchange(
  url: URL,
  headers: Record<string, string>,
  { body, timeoutMs, signal }: WebhookCall,
  { allowPrivate, resolve, ca }: WebhookTransportOptions,
): Promise<Answer> {
  const limit = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
  return new Promise((settle, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request: ClientRequest = send(url, {
      method: 'POST',
      headers,
      // A connection of its own: none that was opened to an address checked long ago is used again.
      agent: false,
      signal: AbortSignal.any([signal, limit]),
      ...(allowPrivate ? {} : { lookup: publicLookup(resolve) }),
      ...(ca === undefined ? {} : { ca }),
    });
    request.once('error', reject);
    // The last word where there is no other: an answer of 101 ends a request without an error and without a response.
    request.once('close', () => reject(new Error('the connection was closed')));
    request.once('response', (response) => {
      settle(readAnswer(response).finally(() => request.destroy()));
    });
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= longestAnswer) break;
    }
  } catch {
    // The status was answered, and that is what counts; the rest of the words is lost.
  }
  const body = Buffer.concat(chunks).subarray(0, longestAnswer).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** The connection never came about, so nothing was sent. */
const beforeTheCall =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EPROTO|ERR_SSL_.*|.*CERT.*|UNABLE_TO_.*)$/;

function transportError(where: string, error: unknown): DeliveryError {
  if (error instanceof PrivateAddressError) return new DeliveryError('rejected', error.message);
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && beforeTheCall.test(code))
    return new DeliveryError('unavailable', `${where} cannot be reached: ${code}`);
  const why =
    name === 'AbortError' || name === 'TimeoutError' ? 'it did not answer in time' : (code ?? message);
  return new DeliveryError('no-answer', `${where} was asked and its answer was lost: ${why}`);
}
