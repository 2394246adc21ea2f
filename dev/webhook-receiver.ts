import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { WebhookNotice } from '../delivery/webhook/webhook-notice.js';
import { loopback } from './ports.js';

/** A webhook that the local receiver was sent, and whose signature it verified. */
export interface ReceivedWebhook {
  /** The notice's id. */
  readonly id: string;
  /** The address that the reseller's settings name. */
  readonly url: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly notice: WebhookNotice;
}

/**
 * Stands in for the resellers' receivers of a stack on this machine, as the mailbox does for the mail provider: nothing is
 * posted anywhere else. Verifies signatures by Standard Webhooks and shows at its page what came.
 */
export interface WebhookReceiver {
  /** Its page: the latest webhooks as JSON. */
  readonly url: string;
  /** What senders sign with: made at each start. */
  readonly secret: string;
  /** Where a webhook to this address is posted instead. */
  inPlaceOf(url: string): string;
  /** Oldest first. */
  received(): readonly ReceivedWebhook[];
  stop(): Promise<void>;
}

const kept = 1_000;
const longestBody = 1024 * 1024;

export async function startWebhookReceiver(port: number): Promise<WebhookReceiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const webhook = new Webhook(secret);
  const received: ReceivedWebhook[] = [];

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return void response.writeHead(413).end();
    let notice: WebhookNotice;
    try {
      notice = webhook.verify(body, request.headers as Record<string, string>) as WebhookNotice;
    } catch {
      return void response.writeHead(401).end('the signature is wrong');
    }
    const id = String(request.headers['webhook-id']);
    // The same id again is a repeated message.
    if (!received.some((each) => each.id === id)) {
      const url = `https:/${request.url ?? '/'}`;
      received.push({ id, url, receivedAt: new Date().toISOString(), notice });
      if (received.length > kept) received.shift();
    }
    response.writeHead(204).end();
  }

  const server = createServer((request, response) => {
    if (request.method === 'POST') void take(request, response).catch(() => response.destroy());
    else {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify({ webhooks: received.toReversed() }, null, 2));
    }
  });
  server.listen(port, loopback);
  await once(server, 'listening');
  const address = server.address();
  const url = `http://${loopback}:${typeof address === 'object' && address !== null ? address.port : port}`;
  return {
    url,
    secret,
    inPlaceOf: (other) => `${url}/${other.replace(/^https?:\/\//, '')}`,
    received: () => received,
    async stop() {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Undefined where it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
