import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventWebhook, EventWebhookHeader } from '@sendgrid/eventwebhook';
import type { Receiver, ReceiverOptions } from '../email/email-provider.js';
import { messageOf } from '../../domain/error-message.js';
import { SettingsError } from '../../settings/read-settings.js';
import { readEvents } from './sendgrid-events.js';

export interface SendGridReceiverOptions extends ReceiverOptions {
  /** SendGrid's verification key: Settings → Mail Settings → Event Webhook → Signed Event Webhook. */
  readonly publicKey: string;
  /** Older requests are refused; 24 h by default, for as long as SendGrid tries again. A repeated report changes nothing. */
  readonly oldestMs?: number | undefined;
  /** Larger requests are refused; 5 MB by default. SendGrid sends less than 1 MB at once. */
  readonly largestBytes?: number | undefined;
}

/** Clocks differ. */
const aheadMs = 300_000;

/** Why a request is not taken, and its status. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Receives SendGrid's Event Webhook: a POST whose signature holds for its raw body. Answers 204 when the reports are
 * recorded, 403 where the signature is wrong or old, 503 where they could not be recorded. Each event stands alone: one that
 * is malformed is passed over, and changes nothing of the answer.
 * Throws RangeError where the public key is invalid.
 */
export function createSendGridReceiver(options: SendGridReceiverOptions): RequestListener {
  const { onError = () => {}, onPassedOver = () => {}, largestBytes = 5_000_000 } = options;
  const isSigned = createVerifier(options);
  async function receive(request: IncomingMessage): Promise<void> {
    if (request.method !== 'POST') throw new Refusal(405, 'expected POST');
    const body = await bodyOf(request, largestBytes);
    if (!isSigned(request, body)) throw new Refusal(403, 'the signature does not hold, or is too old');
    const read = readEvents(body.toString('utf8'), Date.now());
    if (!read) throw new Refusal(400, 'expected a JSON array of events');
    if (read.passedOver.size > 0) onPassedOver(read.passedOver);
    if (read.reports.length > 0) await options.record(read.reports);
  }
  return (request, response) => {
    receive(request).then(
      () => answer(response, 204, ''),
      (error: unknown) => {
        if (error instanceof Refusal) return answer(response, error.status, error.message);
        onError(error);
        return answer(response, 503, 'not recorded, send it again');
      },
    );
  };
}

/** Serves the receiver at every path of a port; 0 is any free one. Throws SettingsError where the port cannot be had. */
export async function startSendGridReceiver(
  options: SendGridReceiverOptions & { readonly port: number; readonly host?: string },
): Promise<Receiver> {
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000 },
    createSendGridReceiver(options),
  );
  const { port, host = '0.0.0.0' } = options;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => resolve());
    });
  } catch (error) {
    throw new SettingsError(
      `SENDGRID_WEBHOOK_PORT: ${host}:${port} cannot be listened on (${messageOf(error)}). Expected a free port`,
      { cause: error },
    );
  }
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeIdleConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function createVerifier({ publicKey, oldestMs = 86_400_000 }: SendGridReceiverOptions) {
  const webhook = new EventWebhook();
  const key = publicKeyOf(publicKey);
  return ({ headers }: IncomingMessage, body: Buffer): boolean => {
    const signature = headers[EventWebhookHeader.SIGNATURE().toLowerCase()];
    const timestamp = headers[EventWebhookHeader.TIMESTAMP().toLowerCase()];
    if (typeof signature !== 'string' || typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) {
      return false;
    }
    const ageMs = Date.now() - Number(timestamp) * 1_000;
    if (ageMs > oldestMs || ageMs < -aheadMs) return false;
    try {
      return webhook.verifySignature(key, body, signature, timestamp);
    } catch {
      // What is no signature at all makes the library throw.
      return false;
    }
  };
}

/** Throws RangeError where it is none. */
export function publicKeyOf(publicKey: string): ReturnType<EventWebhook['convertPublicKeyToECDSA']> {
  try {
    return new EventWebhook().convertPublicKeyToECDSA(publicKey.trim());
  } catch (error) {
    throw new RangeError(
      'the public key of the Event Webhook is invalid: expected the verification key that SendGrid shows, such as MFkwEwYHKoZIzj0CAQ…',
      { cause: error },
    );
  }
}

async function bodyOf(request: IncomingMessage, largestBytes: number): Promise<Buffer> {
  const tooLarge = () => new Refusal(413, `expected at most ${largestBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > largestBytes) throw tooLarge();
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > largestBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response
    .writeHead(status, {
      ...(text === '' ? {} : { 'Content-Type': 'text/plain; charset=utf-8' }),
      // The rest of a body that was not read must not be taken for a request.
      ...(status === 413 ? { Connection: 'close' } : {}),
    })
    .end(text);
}
