import { messageOf, noticesOf } from '../../activities/notice-content.js';
import { add } from '../../domain/money.js';
import { normaliseProfile, type Profile, type Rule } from '../../domain/profile/profile.js';
import { faultsText, isUnclear, type Client } from '../../domain/client.js';
import { profileNeeds } from '../../domain/profile-needs.js';
import { noticesFor, type Recovery } from '../../domain/notices.js';
import { webhookOf } from '../../domain/notice-channel.js';
import {
  folderOf,
  resellerDefaults,
  type ResellerDirectory,
} from '../../domain/reseller/reseller-directory.js';
import { problemLine } from '../../domain/problem.js';
import type { Message } from '../../delivery/message.js';
import type { RenderedMail } from '../../delivery/email/renderer.js';

import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { sampleClient } from './sample-client.js';
import { printable } from '../shared/printable.js';
import { loadNamedProfile, namedProfile } from '../shared/named-profile.js';

export interface PreviewOptions {
  readonly folder: string;
  readonly client?: string;
  readonly language?: string;
  readonly audience?: 'staff' | 'client';
  /** Which reminder of the cycle, from 1. */
  readonly reminder: number;
  readonly open?: boolean;
  readonly format: 'human' | 'json';
}

/** Renders the mails that a profile would send: to a sample client, or to a real one as it is in the billing data now. */
export async function preview(name: string, options: PreviewOptions, io: Io): Promise<ExitCode> {
  const { audience, reminder } = options;
  const { id, content } = await loadNamedProfile(name, options.folder, io);
  const profile = normaliseProfile(id, content);
  const resellers = await resellersOf(name, profile, options.folder, io);
  const real = options.client === undefined ? undefined : await realClient(options.client, profile, io);
  const settings = resellers.ofClient(real?.resellerId ?? profile.reseller, folderOf(profile));
  const occasions = occasionsOf(profile).map(({ client, ...occasion }) => ({
    ...occasion,
    client: { ...(real ?? client), ...resellerDefaults(settings?.content) },
  }));
  const { createRenderer } = await import('../../delivery/email/render.js');
  const renderer = createRenderer(undefined, { overridesOf: ({ words }) => words });
  const messages = occasions.flatMap((occasion) =>
    messagesOf(profile, occasion, Math.min(reminder, profile.maxQty), options, resellers),
  );
  const mails = messages
    .filter(({ webhook }) => webhook === undefined)
    .filter((mail) => audience === undefined || mail.audience === audience)
    .map((mail) => ({ mail, rendered: renderer.render(mail) }));
  const { webhookNoticeOf } = await import('../../delivery/webhook/webhook-notice.js');
  const webhooks = messages
    .filter(({ webhook }) => webhook !== undefined && audience === undefined)
    .map((message) => ({ webhook: message.webhook?.name ?? '', body: webhookNoticeOf(message) }));
  if (mails.length === 0) io.err(`${profile.id} would send no mail: no rule has a recipient.`);
  if (options.format === 'json') io.out(`${JSON.stringify([...mails.map(jsonOf), ...webhooks], null, 2)}\n`);
  else {
    for (const each of mails) io.out(textOf(each));
    for (const { webhook, body } of webhooks)
      io.out(`To the webhook ${webhook}:\n${JSON.stringify(body, null, 2)}\n\n`);
  }
  if (options.open) {
    const { openInBrowser } = await import('./open-preview.js');
    for (const { mail, rendered } of mails) {
      io.err(`opening ${await openInBrowser(`${mail.audience}-${mail.kind}.html`, rendered.html)}`);
    }
  }
  return exitCode.fine;
}

interface PreviewedMail {
  readonly mail: Message;
  readonly rendered: RenderedMail;
}

function jsonOf({ mail, rendered }: PreviewedMail) {
  return {
    audience: mail.audience,
    kind: mail.kind,
    rules: (mail.kind === 'recovered' ? (mail.facts.recovered ?? []) : mail.facts.rules).map(
      ({ key }) => key,
    ),
    ...(mail.sender ? { from: mail.sender.from, replyTo: mail.sender.replyTo } : {}),
    recipients: mail.recipients,
    ...rendered,
  };
}

function textOf({ mail, rendered }: PreviewedMail): string {
  return [
    `To the ${mail.audience}${mail.kind === 'recovered' ? ', recovered' : ''} (${rendered.language}): ${mail.recipients.map(printable).join(', ')}`,
    ...(mail.sender ? [`From: ${printable(mail.sender.from)}`] : []),
    ...(mail.sender?.replyTo === undefined ? [] : [`Reply-To: ${printable(mail.sender.replyTo)}`]),
    `Subject: ${rendered.subject}`,
    '',
    rendered.text,
    '',
  ].join('\n');
}

/** As the files say: what a sync would bring to the workers. */
async function resellersOf(
  name: string,
  profile: Profile,
  folder: string,
  io: Io,
): Promise<ResellerDirectory> {
  const { resellersOfFolder } = await import('../../authoring/resellers-of-folder.js');
  const place = namedProfile(name, folder, io.cwd).folder;
  const { directory, problems } = await resellersOfFolder(place, io.cwd, [folderOf(profile)]);
  for (const problem of problems) io.err(problemLine(problem));
  return directory;
}

/** What a profile sends notices of. */
interface Occasion {
  readonly kind: 'low' | 'recovered';
  readonly rules: readonly Rule[];
  readonly client: Client;
}

/** Rules that are met by a low balance, those that are met by a high one, and the recoveries of both. */
function occasionsOf(profile: Profile): readonly Occasion[] {
  return (['below', 'above'] as const).flatMap((when) => {
    const rules = profile.rules.filter(({ condition }) => condition.when === when);
    const recovering = rules.filter(({ recovered }) => recovered);
    const other = when === 'below' ? 'above' : 'below';
    const occasions: readonly Occasion[] = [
      { kind: 'low', rules, client: sampleClient(profile, rules, when) },
      { kind: 'recovered', rules: recovering, client: sampleClient(profile, recovering, other) },
    ];
    return occasions.filter((each) => each.rules.length > 0);
  });
}

function messagesOf(
  profile: Profile,
  { kind, rules, client }: Occasion,
  reminder: number,
  { language }: PreviewOptions,
  resellers: ResellerDirectory,
): readonly Message[] {
  const now = Date.now();
  const keys = rules.map(({ key }) => key);
  const input = {
    clientId: client.clientId,
    checkAt: now,
    deadlineAt: now + profile.periodMs,
    nextCheckAt: now + profile.periodMs,
    availableBalance: add(client.balance, client.creditLimit),
    rules: kind === 'low' ? keys.map((key) => ({ key, reminder })) : [],
  };
  const recoveries = kind === 'low' ? [] : keys.map((rule) => everyoneOf(rule, profile, client));
  return noticesOf(input, profile, client, recoveries, resellers).flatMap((notice) => {
    const message = messageOf(notice, notice.content, notice.recipients, resellers);
    if (webhookOf(notice.channel) !== undefined && !message.webhook) return [];
    return [language === undefined ? message : { ...message, language }];
  });
}

/** A recovery that goes to everyone whom the rule notifies. */
function everyoneOf(rule: Rule['key'], profile: Profile, client: Client): Recovery {
  return {
    rule,
    reached: noticesFor(profile, client, [rule], []).flatMap(({ audience, channel, recipients }) =>
      recipients.map((address) => ({ address, audience, channel })),
    ),
  };
}

async function realClient(clientId: string, profile: Profile, io: Io): Promise<Client> {
  const { connectBilling } = await import('../shared/connect.js');
  const { createBilling } = await import('../../billing/mysql/billing.js');
  const billing = await connectBilling(io);
  try {
    const client = await createBilling(billing).readClient(clientId, profileNeeds(profile));
    if (client && isUnclear(client))
      throw new CliError(`client "${clientId}" is unknown: ${faultsText(client.faults)}`, exitCode.findings);
    if (client) return client;
    throw new CliError(`the billing data has no client "${clientId}"`, exitCode.usage);
  } finally {
    await billing.destroy();
  }
}
