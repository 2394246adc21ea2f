import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { WebhookNotice } from '../../delivery/webhook/webhook-notice.js';

/** A secret as receivers and workers share it. */
export const webhookSecret = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;

/** A receiver of webhooks on this machine that verifies what it gets. */
export interface Receiver {
  readonly url: string;
  /** What it was sent, with the status that it answered; a wrong signature is answered by 401. */
  readonly received: { readonly id: string; readonly notice: WebhookNotice; readonly status: number }[];
  /** The statuses of the next calls; 204 after them. */
  next(...statuses: number[]): void;
  /** How long each answer takes, milliseconds. */
  slow(ms: number): void;
  /** How many calls it was answering at most at one time. */
  mostAtOnce(): number;
  stop(): void;
}

export async function startReceiver(secret: string = webhookSecret): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const statuses: number[] = [];
  let delayMs = 0;
  let open = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    response.once('close', () => (open -= 1));
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const status = verifies(secret, body, request.headers) ? (statuses.shift() ?? 204) : 401;
      const id = String(request.headers['webhook-id']);
      received.push({ id, notice: JSON.parse(body) as WebhookNotice, status });
      setTimeout(() => response.writeHead(status).end(), delayMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/balance`,
    received,
    next: (...each) => void statuses.push(...each),
    mostAtOnce: () => mostAtOnce,
    slow: (ms) => void (delayMs = ms),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function verifies(secret: string, body: string, headers: IncomingHttpHeaders): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
