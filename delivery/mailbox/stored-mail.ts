/** A mail as SendGrid's v3 Mail Send takes it; only what the mailbox looks at. */
export interface SentMail {
  readonly personalizations: readonly Personalization[];
  readonly from: Address;
  readonly subject?: string;
  readonly content?: readonly { readonly type: string; readonly value: string }[];
  readonly template_id?: string;
  readonly custom_args?: Readonly<Record<string, string>>;
  readonly categories?: readonly string[];
}

export interface Address {
  readonly email: string;
  readonly name?: string;
}

export interface Personalization {
  readonly to: readonly Address[];
  readonly cc?: readonly Address[];
  readonly bcc?: readonly Address[];
  readonly subject?: string;
  readonly custom_args?: Readonly<Record<string, string>>;
}

/** A mail that the mailbox accepted. Each recipient got a copy of its own. */
export interface StoredMail {
  /** Also its X-Message-Id. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly noticeId: string | null;
  readonly clientId: string | null;
  readonly profileId: string | null;
  readonly workflowId: string | null;
  /** The mail's page. */
  readonly url: string;
  /** The request as it came. */
  readonly raw: SentMail;
}

/** What is kept of a mail on disk; the rest follows from it. */
export interface KeptMail {
  readonly id: string;
  readonly receivedAt: number;
  readonly raw: SentMail;
}

export function storedMail({ id, receivedAt, raw }: KeptMail, mailboxUrl: string): StoredMail {
  const [first] = raw.personalizations;
  const args = { ...raw.custom_args, ...first?.custom_args };
  const part = (type: string) => raw.content?.find((content) => content.type === type)?.value ?? '';
  return {
    id,
    receivedAt,
    from: raw.from.name === undefined ? raw.from.email : `${raw.from.name} <${raw.from.email}>`,
    recipients: raw.personalizations.flatMap(({ to }) => to.map(({ email }) => email)),
    subject: first?.subject ?? raw.subject ?? (raw.template_id ? `(template ${raw.template_id})` : ''),
    text: part('text/plain'),
    html: part('text/html'),
    noticeId: args['notice_id'] ?? null,
    clientId: args['client_id'] ?? null,
    profileId: args['profile_id'] ?? null,
    workflowId: args['workflow_id'] ?? null,
    url: `${mailboxUrl}/mails/${id}`,
    raw,
  };
}
