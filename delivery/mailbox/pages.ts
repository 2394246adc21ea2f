import { style, liveScript } from './page-assets.js';
import type { StoredMail } from './stored-mail.js';

export interface PageContext {
  /** The page of a workflow in the Temporal UI, where one is known. */
  readonly workflowUrl?: (workflowId: string) => string;
}

/** The list of mails, newest first. */
export function listPage(mails: readonly StoredMail[], query: string, context: PageContext): string {
  const rows = mails.map((mail) => row(mail, context)).join('\n');
  const empty = `<tr><td colspan="4" class="empty">${query ? 'No mail has all these words.' : 'No mail yet. Notices appear here by themselves.'}</td></tr>`;
  return document(
    'Mailbox',
    `<header>
  <h1>Mailbox</h1>
  <p class="note">Stands in for SendGrid on this machine: no mail leaves it.</p>
  <form role="search"><input type="search" name="q" value="${escape(query)}" placeholder="Search: client, address, subject, notice" aria-label="Search mails"></form>
</header>
<main>
  <table>
    <thead><tr><th>Received</th><th>Subject</th><th>To</th><th>Client</th></tr></thead>
    <tbody id="mails">
${rows || empty}
    </tbody>
  </table>
</main>
<script>${liveScript}</script>`,
  );
}

function row(mail: StoredMail, context: PageContext): string {
  return `<tr>
  <td class="when">${time(mail.receivedAt)}</td>
  <td class="subject"><a href="/mails/${mail.id}">${escape(mail.subject)}</a><span class="start">${escape(startOf(mail.text))}</span></td>
  <td class="to">${mail.recipients.map((address) => `<span>${escape(address)}</span>`).join(' ')}</td>
  <td class="client">${clientLink(mail)}${workflowLink(mail, context, 'workflow')}</td>
</tr>`;
}

/** One mail: what it belongs to, and its parts. */
export function mailPage(mail: StoredMail, context: PageContext): string {
  const facts: readonly (readonly [string, string])[] = [
    ['From', escape(mail.from)],
    [
      'To',
      mail.recipients.map(escape).join('<br>') +
        (mail.recipients.length > 1 ? '<br><small>a copy of its own to each</small>' : ''),
    ],
    ['Received', time(mail.receivedAt)],
    ['Client', clientLink(mail)],
    ['Profile', escape(mail.profileId ?? 'unknown')],
    [
      'Notice',
      mail.noticeId === null
        ? 'none'
        : `<a href="/?q=${encodeURIComponent(mail.noticeId)}"><code>${escape(mail.noticeId)}</code></a>`,
    ],
    ['Workflow', workflowLink(mail, context, mail.workflowId ?? '') || escape(mail.workflowId ?? 'none')],
  ];
  return document(
    mail.subject,
    `<header>
  <p><a href="/">← Mailbox</a></p>
  <h1>${escape(mail.subject)}</h1>
</header>
<main>
  <dl>${facts.map(([term, value]) => `<dt>${term}</dt><dd>${value}</dd>`).join('')}</dl>
  <div class="parts">
    <input type="radio" name="part" id="html" checked><label for="html">HTML</label>
    <input type="radio" name="part" id="text"><label for="text">Text</label>
    <input type="radio" name="part" id="raw"><label for="raw">Request</label>
    <iframe class="html" title="The mail's HTML part" sandbox src="/mails/${mail.id}/html"></iframe>
    <pre class="text">${escape(mail.text)}</pre>
    <pre class="raw">${escape(JSON.stringify(mail.raw, null, 2))}</pre>
  </div>
</main>`,
  );
}

export function missingPage(pathname: string): string {
  return document(
    'Not found',
    `<header><p><a href="/">← Mailbox</a></p><h1>Nothing is at ${escape(pathname)}</h1></header>`,
  );
}

function clientLink({ clientId }: StoredMail): string {
  return clientId === null
    ? ''
    : `<a href="/?client=${encodeURIComponent(clientId)}">${escape(clientId)}</a>`;
}

function workflowLink({ workflowId }: StoredMail, { workflowUrl }: PageContext, text: string): string {
  return workflowId === null || !workflowUrl
    ? ''
    : ` <a class="workflow" href="${escape(workflowUrl(workflowId))}">${escape(text)}</a>`;
}

function startOf(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 140);
}

function time(at: number): string {
  const iso = new Date(at).toISOString();
  return `<time datetime="${iso}" title="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${style}</style></head>
<body>
${body}
</body>
</html>
`;
}

/** Text of others as text: never as markup, and its direction never beyond its own element. */
function escape(text: string): string {
  const markup: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => markup[character] ?? character);
}
