import { createServer, type Server } from 'node:http';
import { createFaults } from './faults.js';
import { openMailFile } from './mail-file.js';
import type { PageContext } from './pages.js';
import { answer, type MailboxContext } from './routes.js';
import { storedMail, type StoredMail } from './stored-mail.js';

export type { StoredMail } from './stored-mail.js';

export interface MailboxOptions {
  /** Where mails are kept across restarts. */
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: loopback, because the mailbox shows every mail to everyone who reaches it. */
  readonly host?: string;
  /** For links to the workflow of a mail. */
  readonly temporalUiUrl?: string;
  readonly temporalNamespace?: string;
}

/** A mail provider for one machine: answers like SendGrid's v3 API, keeps what it got and shows it on a page. */
export interface Mailbox {
  /** The page. */
  readonly url: string;
  /** What SENDGRID_BASE_URL gets. */
  readonly apiUrl: string;
  /** In the order in which they came. */
  mails(): readonly StoredMail[];
  /** Those of one notice, by its id. */
  mailsOf(noticeId: string): readonly StoredMail[];
  stop(): Promise<void>;
}

export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { folder, port = 0, host = '127.0.0.1' } = options;
  const file = await openMailFile(folder);
  const mails: StoredMail[] = [];
  const byNotice = new Map<string, StoredMail[]>();
  const keep = (mail: StoredMail) => {
    mails.push(mail);
    if (mail.noticeId !== null) byNotice.set(mail.noticeId, [...(byNotice.get(mail.noticeId) ?? []), mail]);
  };
  const context: MailboxContext = { file, mails, keep, faults: createFaults(), url: '', ...linksOf(options) };
  const server = createServer((request, response) => void answer(request, response, context));
  await listen(server, port, host);
  const address = server.address();
  context.url = `http://${host}:${typeof address === 'object' && address !== null ? address.port : port}`;
  for (const kept of file.kept) keep(storedMail(kept, context.url));
  return {
    url: context.url,
    apiUrl: context.url,
    mails: () => mails,
    mailsOf: (noticeId) => byNotice.get(noticeId) ?? [],
    async stop() {
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await file.close();
    },
  };
}

function linksOf({ temporalUiUrl, temporalNamespace = 'default' }: MailboxOptions): PageContext {
  if (temporalUiUrl === undefined) return {};
  const workflows = `${temporalUiUrl}/namespaces/${encodeURIComponent(temporalNamespace)}/workflows`;
  return { workflowUrl: (workflowId) => `${workflows}/${encodeURIComponent(workflowId)}` };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
