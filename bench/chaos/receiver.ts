import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Arrival } from './model/verdict.js';

/** How the receiver fails one call of one client. */
export interface ReceiverFault {
  readonly clientId: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits before it answers, milliseconds. */
  readonly delayMs?: number;
  /** Cuts the connection without an answer, without or after having taken the notice. */
  readonly cut?: 'before-accept' | 'after-accept';
  /** It hit a call, between these instants. */
  readonly onHit: (from: number, until: number) => void;
}

/** A receiver of webhooks as a reseller has one, which fails as it is told. The last part of its path is the webhook's name. */
export interface Receiver {
  urlOf(webhook: string): string;
  readonly secret: string;
  /** What it took. */
  arrivals(clientId: string): readonly Arrival[];
  /** What was wrong with calls: a signature, a body. */
  readonly problems: readonly string[];
  fail(fault: ReceiverFault): void;
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const secret = `whsec_${Buffer.from('what the receiver shares').toString('base64')}`;
  const taken = new Map<string, Arrival[]>();
  const problems: string[] = [];
  const faults: ReceiverFault[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = Date.now();
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const read = readCall(secret, Buffer.concat(chunks).toString('utf8'), request.headers);
    if (typeof read === 'string') {
      problems.push(read);
      response.writeHead(400).end();
      return;
    }
    const index = faults.findIndex(({ clientId }) => clientId === read.clientId);
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    const { status = 204 } = fault ?? {};
    if (status < 300 && fault?.cut !== 'before-accept') {
      const webhook = request.url?.split('/').at(-1) ?? '';
      const arrival = { noticeId: read.noticeId, receivedAt: Date.now(), recipients: [webhook] };
      taken.set(read.clientId, [...(taken.get(read.clientId) ?? []), arrival]);
    }
    fault?.onHit(from, Date.now());
    if (fault?.cut === undefined) response.writeHead(status, fault?.headers ?? {}).end();
    else request.socket.destroy();
  }

  const server = createServer((request, response) => {
    // A worker that was killed has left a call behind.
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (webhook) => `http://127.0.0.1:${port}/hooks/${webhook}`,
    secret,
    arrivals: (clientId) => taken.get(clientId) ?? [],
    problems,
    fail: (fault) => void faults.push(fault),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whose notice a call brings; a text where it is none that a receiver would take. */
function readCall(
  secret: string,
  body: string,
  headers: IncomingHttpHeaders,
): { readonly noticeId: string; readonly clientId: string } | string {
  try {
    const { data } = new Webhook(secret).verify(body, headers as Record<string, string>) as {
      data: { noticeId: string; client: { id: string } };
    };
    const noticeId = String(headers['webhook-id']);
    return noticeId === data.noticeId
      ? { noticeId, clientId: data.client.id }
      : `the webhook ${noticeId} brings the notice ${data.noticeId}`;
  } catch (error) {
    return `a webhook that cannot be verified: ${String(error)}`;
  }
}
