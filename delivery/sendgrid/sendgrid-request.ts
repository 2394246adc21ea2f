import { isAddress } from '../../domain/reading.js';
import { MailError, type NoticeMail, type Renderer } from '../message.js';
import type { MailData } from './sendgrid-library.js';

/** What a mail through SendGrid looks like, beside its words. */
export interface SendGridContentOptions {
  readonly renderer: Renderer;
  /** For SendGrid's statistics. */
  readonly categories?: readonly string[] | undefined;
  /** SendGrid checks the mail and delivers nothing. */
  readonly sandbox?: boolean | undefined;
  /** The group whose members unsubscribed from these mails. */
  readonly unsubscribeGroupId?: number | undefined;
  /** Rewrites links so that clicks are counted; off when unsaid. */
  readonly clickTracking?: boolean | undefined;
  /** Dynamic template ids by `<audience>.<language>` or `<audience>`, used in place of our own words. */
  readonly templateIds?: Readonly<Record<string, string>> | undefined;
}

export interface Sender {
  readonly name: string;
  readonly email: string;
}

/** `Name <address>` or an address. Throws MailError on anything else. */
export function senderOf(text: string): Sender {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? [];
  const email = (bracketed ?? text).trim();
  if (!isAddress(email) || /\p{Cc}/u.test(name)) {
    throw new MailError(
      'rejected',
      `the sender is ${JSON.stringify(text)}: expected an address or 'Name <address>', such as 'Acme Billing <billing@acme.example>'`,
    );
  }
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), email };
}

/** Each recipient gets its own copy: one personalization each, so that nobody sees another's address. */
export function mailDataOf(mail: NoticeMail, from: Sender, options: SendGridContentOptions): MailData {
  const { unsubscribeGroupId, clickTracking = false, sandbox = false, categories = [] } = options;
  return {
    from: from.name === '' ? { email: from.email } : { name: from.name, email: from.email },
    personalizations: mail.recipients.map((email) => ({ to: { email } })),
    customArgs: {
      notice_id: mail.noticeId,
      client_id: mail.clientId,
      workflow_id: mail.workflowId,
      profile_id: mail.profileId,
    },
    ...wordsOf(mail, options),
    ...(categories.length > 0 ? { categories: [...categories] } : {}),
    ...(unsubscribeGroupId === undefined ? {} : { asm: { groupId: unsubscribeGroupId } }),
    trackingSettings: {
      clickTracking: { enable: clickTracking, enableText: clickTracking },
      openTracking: { enable: false },
    },
    ...(sandbox ? { mailSettings: { sandboxMode: { enable: true } } } : {}),
    hideWarnings: true,
  };
}

type Words =
  | { readonly subject: string; readonly text: string; readonly html: string }
  | { readonly templateId: string; readonly dynamicTemplateData: Record<string, unknown> };

function wordsOf(mail: NoticeMail, { renderer, templateIds = {} }: SendGridContentOptions): Words {
  const templateId = templateIdOf(mail, templateIds);
  if (templateId !== undefined) {
    return { templateId, dynamicTemplateData: { ...(renderer.templateData?.(mail) ?? mail.facts) } };
  }
  const { subject, text, html } = renderer.render(mail);
  // A line break in a subject would begin another header.
  return { subject: subject.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(), text, html };
}

/** The most particular that is said: `client.de-at`, `client.de`, `client`. */
function templateIdOf(
  { audience, language }: NoticeMail,
  templateIds: Readonly<Record<string, string>>,
): string | undefined {
  const byName = new Map(Object.entries(templateIds).map(([name, id]) => [name.toLowerCase(), id]));
  const parts = (language ?? 'en').toLowerCase().split(/[-_]/);
  for (let count = parts.length; count > 0; count -= 1) {
    const id = byName.get(`${audience}.${parts.slice(0, count).join('-')}`);
    if (id !== undefined) return id;
  }
  return byName.get(audience);
}
