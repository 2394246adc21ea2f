import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, json, page, parsed, refuse, text, TooLarge } from './answers.js';
import { faultProblem, type Fault, type Faults } from './faults.js';
import type { MailFile } from './mail-file.js';
import { listPage, mailPage, missingPage, type PageContext } from './pages.js';
import { limits, sendErrors } from './send-rules.js';
import { storedMail, type SentMail, type StoredMail } from './stored-mail.js';

/** What the mailbox answers from. */
export interface MailboxContext extends PageContext {
  url: string;
  readonly file: MailFile;
  readonly mails: readonly StoredMail[];
  readonly keep: (mail: StoredMail) => void;
  readonly faults: Faults;
}

/** Answers one request, whatever happens. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: MailboxContext,
): Promise<void> {
  try {
    await route(request, response, context);
  } catch (error) {
    if (error instanceof TooLarge) {
      response.setHeader('Connection', 'close');
      refuse(response, 413, [{ message: error.message, field: null, help: null }]);
      return;
    }
    // A client that went away, or a bug: nobody is left to answer to, or they learn it here.
    if (!response.headersSent)
      json(response, 500, { errors: [{ message: String(error), field: null, help: null }] });
    else response.destroy();
  }
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  context: MailboxContext,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://mailbox');
  const asked = `${request.method ?? 'GET'} ${pathname}`;
  const [, mailId, part] = /^\/mails\/([0-9a-f-]{36})(?:\/(text|html|raw))?$/.exec(pathname) ?? [];
  if (asked === 'POST /v3/mail/send') return await send(request, response, context);
  if (asked === 'GET /v3/scopes') return scopes(request, response);
  if (asked === 'GET /api/mails') return json(response, 200, { mails: search(context.mails, searchParams) });
  if (asked === 'GET /test/faults') return json(response, 200, { faults: context.faults.list() });
  if (asked === 'POST /test/faults') return await addFault(request, response, context.faults);
  if (asked === 'DELETE /test/faults') {
    context.faults.clear();
    return json(response, 200, { faults: [] });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return json(response, 405, { errors: [{ message: `${asked} is not known` }] });
  if (pathname === '/')
    return page(
      response,
      200,
      listPage(search(context.mails, searchParams), searchParams.get('q') ?? '', context),
    );
  if (mailId !== undefined) return showMail(response, mailId, part, context);
  page(response, 404, missingPage(pathname));
}

/** Mails that the query names, newest first: `q` anywhere, `client` and `notice` exactly. */
function search(mails: readonly StoredMail[], query: URLSearchParams): readonly StoredMail[] {
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const client = query.get('client');
  const notice = query.get('notice');
  const limit = Math.min(1_000, Number(query.get('limit')) || 200);
  const found: StoredMail[] = [];
  for (const mail of mails.toReversed()) {
    if (client !== null && mail.clientId !== client) continue;
    if (notice !== null && mail.noticeId !== notice) continue;
    const { subject, text, recipients, clientId, profileId, noticeId } = mail;
    const all = [subject, text, ...recipients, clientId, profileId, noticeId].join('\n').toLowerCase();
    if (!words.every((word) => all.includes(word))) continue;
    found.push(mail);
    if (found.length >= limit) break;
  }
  return found;
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  context: MailboxContext,
): Promise<void> {
  const text = await bodyOf(request, limits.bodyBytes);
  if (!isAuthorized(request)) {
    return refuse(response, 401, [
      { message: 'the authorization grant is missing or invalid', field: null, help: null },
    ]);
  }
  const body = parsed(text);
  const fault = context.faults.take(clientIdOf(body));
  if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
  if (fault?.cut === 'before-accept') return void request.socket.destroy();
  if (fault?.status !== undefined && fault.status !== 202) return fail(response, fault);
  const errors =
    body === undefined ? [{ message: 'the body is not JSON', field: null, help: null }] : sendErrors(body);
  if (errors.length > 0) return refuse(response, 400, errors);
  const kept = { id: randomUUID(), receivedAt: Date.now(), raw: body as SentMail };
  await context.file.append(kept);
  context.keep(storedMail(kept, context.url));
  if (fault?.cut === 'after-accept') return void request.socket.destroy();
  response.writeHead(202, { 'X-Message-Id': kept.id, 'Content-Length': 0 }).end();
}

function fail(response: ServerResponse, { status = 500, headers = {} }: Fault): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  refuse(response, status, [{ message: `set to answer ${status}`, field: null, help: null }]);
}

/** The key that a doctor asks about. */
function scopes(request: IncomingMessage, response: ServerResponse): void {
  if (isAuthorized(request)) return json(response, 200, { scopes: ['mail.send'] });
  refuse(response, 401, [
    { message: 'the authorization grant is missing or invalid', field: null, help: null },
  ]);
}

function isAuthorized(request: IncomingMessage): boolean {
  return /^Bearer \S+$/.test(request.headers.authorization ?? '');
}

async function addFault(request: IncomingMessage, response: ServerResponse, faults: Faults): Promise<void> {
  const fault = parsed(await bodyOf(request, 100_000));
  const problem = faultProblem(fault);
  if (problem !== undefined) return refuse(response, 400, [{ message: problem, field: null, help: null }]);
  faults.add(fault as Fault);
  json(response, 200, { faults: faults.list() });
}

function showMail(
  response: ServerResponse,
  id: string,
  part: string | undefined,
  context: MailboxContext,
): void {
  const mail = context.mails.find((each) => each.id === id);
  if (!mail) return page(response, 404, missingPage(`/mails/${id}`));
  switch (part) {
    case 'html':
      // The mail's own HTML, alone in a sandbox: no script, no form, nothing from elsewhere.
      response.setHeader(
        'Content-Security-Policy',
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      );
      return text(response, 'text/html', mail.html || '<p>This mail has no HTML part.</p>');
    case 'text':
      return text(response, 'text/plain', mail.text);
    case 'raw':
      return text(response, 'application/json', JSON.stringify(mail.raw, null, 2));
    case undefined:
    default:
      page(response, 200, mailPage(mail, context));
  }
}

function clientIdOf(body: unknown): string | null {
  const args = (body as { custom_args?: { client_id?: unknown } } | null | undefined)?.custom_args;
  return typeof args?.client_id === 'string' ? args.client_id : null;
}
