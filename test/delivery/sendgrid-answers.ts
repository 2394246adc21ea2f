import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the next call is answered. */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly delayMs?: number;
    }
  | 'cut'
  | 'silence';

export interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: SentBody;
  /** Number of the connection that it came by. */
  readonly connection: number;
}

export interface SentBody {
  readonly from: { readonly email: string; readonly name?: string };
  readonly subject?: string;
  readonly custom_args: Readonly<Record<string, string>>;
  readonly personalizations: readonly {
    readonly to: readonly { readonly email: string }[];
    readonly dynamic_template_data?: unknown;
  }[];
  readonly content?: readonly { readonly type: string; readonly value: string }[];
  readonly [field: string]: unknown;
}

/** An HTTP server that answers Mail Send as told, and 202 when it is told nothing. */
export interface SendGridAnswers {
  readonly url: string;
  readonly asked: Asked[];
  /** Answers of the next calls, in order. */
  next(...answers: readonly Answer[]): void;
  clear(): void;
  stop(): Promise<void>;
}

export async function startSendGridAnswers(): Promise<SendGridAnswers> {
  const asked: Asked[] = [];
  let answers: Answer[] = [];
  const connections = new Map<unknown, number>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      if (!connections.has(request.socket)) connections.set(request.socket, connections.size + 1);
      asked.push({
        url: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(text) as SentBody,
        connection: connections.get(request.socket) ?? 0,
      });
      const answer = answers.shift() ?? { status: 202 };
      if (answer === 'silence') return undefined;
      if (answer === 'cut') return request.socket.destroy();
      const send = () =>
        response
          .writeHead(answer.status, {
            'Content-Type': 'application/json',
            'X-Message-Id': `m-${asked.length}`,
            ...answer.headers,
          })
          .end(answer.body === undefined ? '' : JSON.stringify(answer.body));
      return setTimeout(send, answer.delayMs ?? 0);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    next: (...more) => void answers.push(...more),
    clear() {
      answers = [];
      asked.length = 0;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
