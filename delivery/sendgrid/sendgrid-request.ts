import type { EmailAddress } from '../email/email-address.js';
import type { Email } from '../email/email-provider.js';
import type { MailData } from './sendgrid-library.js';

/** SendGrid replaces it by the address at which the recipient leaves the unsubscribe group. */
export const unsubscribeTag = '<%asm_group_unsubscribe_raw_url%>';

/** What SendGrid makes of an e-mail. */
export interface SendGridContentOptions {
  /** For SendGrid's statistics. */
  readonly categories?: readonly string[] | undefined;
  /** SendGrid checks the mail and delivers nothing. */
  readonly sandbox?: boolean | undefined;
  /** The group whose members unsubscribed from these mails. */
  readonly unsubscribeGroupId?: number | undefined;
  /** Rewrites links so that clicks are counted; off by default. */
  readonly clickTracking?: boolean | undefined;
  /** Dynamic template ids by `<audience>.<language>` or `<audience>`, used in place of our own words. */
  readonly templateIds?: Readonly<Record<string, string>> | undefined;
}

/** Each recipient gets its own copy: one personalization each, so that nobody sees another's address. */
export function mailDataOf(email: Email, options: SendGridContentOptions): MailData {
  const { unsubscribeGroupId, clickTracking = false, sandbox = false, categories = [] } = options;
  const { from, replyTo, recipients, trace } = email;
  return {
    from: addressOf(from),
    ...(replyTo ? { replyTo: addressOf(replyTo) } : {}),
    personalizations: recipients.map((address) => ({ to: { email: address } })),
    customArgs: {
      notice_id: trace.noticeId,
      client_id: trace.clientId,
      workflow_id: trace.workflowId,
      profile_id: trace.profileId,
    },
    ...wordsOf(email, options),
    ...(categories.length > 0 ? { categories: [...categories] } : {}),
    ...(unsubscribeGroupId === undefined ? {} : unsubscribing(unsubscribeGroupId)),
    trackingSettings: {
      clickTracking: { enable: clickTracking, enableText: clickTracking },
      openTracking: { enable: false },
    },
    ...(sandbox ? { mailSettings: { sandboxMode: { enable: true } } } : {}),
    hideWarnings: true,
  };
}

/** RFC 8058: mail programs end these mails with one click. SendGrid writes each recipient's own address in place of the tag. */
function unsubscribing(groupId: number): Pick<MailData, 'asm' | 'headers'> {
  return {
    asm: { groupId },
    headers: {
      'List-Unsubscribe': `<${unsubscribeTag}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
}

function addressOf({ name, email }: EmailAddress): { email: string; name?: string } {
  return name === '' ? { email } : { name, email };
}

type Words =
  | { readonly subject: string; readonly text: string; readonly html: string }
  | { readonly templateId: string; readonly dynamicTemplateData: Record<string, unknown> };

function wordsOf(email: Email, { templateIds = {} }: SendGridContentOptions): Words {
  const templateId = templateIdOf(email, templateIds);
  if (templateId !== undefined) return { templateId, dynamicTemplateData: { ...email.templateData } };
  const { subject, text, html } = email;
  return { subject, text, html };
}

/** The most particular that is said: `client.de-at`, `client.de`, `client`. */
function templateIdOf(
  { audience, language }: Email,
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
