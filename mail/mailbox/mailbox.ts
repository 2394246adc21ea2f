import { createServer, type IncomingMessage } from 'node:http';
import { randomUUID } from 'node:crypto';

export interface StoredMail {
  readonly id: string;
  readonly noticeId: string | null;
  readonly clientId: string | null;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly url: string;
}

export interface Mailbox {
  readonly url: string;
  readonly apiUrl: string;
  mails(): readonly StoredMail[];
  stop(): Promise<void>;
}

export interface MailboxOptions {
  readonly folder: string;
  readonly port?: number;
  readonly host?: string;
  readonly temporalUiUrl?: string;
  readonly temporalNamespace?: string;
}

interface SentMail {
  readonly subject: string;
  readonly custom_args?: Record<string, string>;
  readonly personalizations: { readonly to: { readonly email: string }[] }[];
}

export async function startMailbox({ port = 0, host = '127.0.0.1' }: MailboxOptions): Promise<Mailbox> {
  const mails: StoredMail[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const mail = JSON.parse(body) as SentMail;
      const id = randomUUID();
      mails.push({
        id,
        noticeId: mail.custom_args?.['notice_id'] ?? null,
        clientId: mail.custom_args?.['client_id'] ?? null,
        recipients: mail.personalizations.flatMap(({ to }) => to.map(({ email }) => email)),
        subject: mail.subject,
        url: `${url}/mails/${id}`,
      });
      response.writeHead(202, { 'X-Message-Id': id }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  const url = `http://${host}:${typeof address === 'object' && address ? address.port : port}`;
  return {
    url,
    apiUrl: url,
    mails: () => mails,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
