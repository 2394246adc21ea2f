import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { noticesFor, type Notice } from '../domain/notices.js';
import type { Profile, RuleKey } from '../domain/profile.js';
import { thresholdIn, type Client } from '../domain/reading.js';
import type { MailError, NoticeMail, RuleFacts } from '../mail/message.js';
import type { LedgerEntry } from '../store/ledger.js';
import { readWatched } from './check.js';
import type { NotifyInput, Told } from './contract.js';
import type { Parts } from './parts.js';

/** One call of the provider takes at most this long, milliseconds. */
const callTimeoutMs = 10_000;

/**
 * Tells what a check decided: at most one mail to the staff and one to the client.
 * - Each notice is in the ledger before the provider is called and after it answered, so that a retry, or another
 *   worker, sends only what has not been accepted.
 * - Where the provider's answer was lost the notice is sent again under the same notice id: at least once.
 * - Throws a retryable ApplicationFailure while something may still be accepted later.
 */
export async function notify(parts: Parts, input: NotifyInput, signal: AbortSignal): Promise<Told> {
  const entries = await parts.ledger.find(input.clientId, input.checkAt);
  const { client, stored } = await readWatched(parts, input.clientId, undefined);
  if (!client || !stored) return toldOf(entries);
  const { profile } = stored;
  const notices = noticesFor(
    profile,
    client,
    input.rules.map(({ key }) => key),
  );
  const retries: MailError[] = [];
  for (const notice of notices) {
    const id = noticeId(input, notice);
    const state = entries.find((entry) => entry.id === id)?.state;
    if (state === 'accepted' || state === 'failed' || state === 'withdrawn') continue;
    if (state === undefined) await openNotice(parts, input, id, profile, notice);
    const failure = await sendOne(parts, input, mailOf(input, id, profile, client, notice), signal);
    if (failure) retries.push(failure);
  }
  const [retry] = retries;
  if (retry) throw retryLater(retry);
  return toldOf(await parts.ledger.find(input.clientId, input.checkAt));
}

async function openNotice(
  parts: Parts,
  input: NotifyInput,
  id: string,
  profile: Profile,
  notice: Notice,
): Promise<void> {
  const { clientId, checkAt } = input;
  const { audience, rules, recipients } = notice;
  await parts.ledger.open(
    { id, clientId, checkAt, audience, profileId: profile.id, rules, recipients },
    await parts.now(),
  );
}

/** The failure to retry, or undefined where the notice is settled. */
async function sendOne(
  parts: Parts,
  input: NotifyInput,
  mail: NoticeMail,
  signal: AbortSignal,
): Promise<MailError | undefined> {
  const left = input.deadlineAt - (await parts.now());
  try {
    const { messageId } = await parts.mailer.send(mail, {
      signal,
      timeoutMs: Math.max(250, Math.min(callTimeoutMs, left)),
    });
    await parts.ledger.accepted(mail.noticeId, messageId, await parts.now());
    parts.count({ what: 'notice', result: 'accepted' });
    return undefined;
  } catch (error) {
    if (!isMailError(error)) throw error;
    await parts.ledger.failed(mail.noticeId, error.message, error.permanent, await parts.now());
    parts.count({ what: 'notice', result: error.permanent ? 'failed' : 'retried' });
    return error.permanent ? undefined : error;
  }
}

function retryLater(error: MailError): ApplicationFailure {
  return ApplicationFailure.create({
    type: `mail-${error.kind}`,
    message: error.message,
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: Math.min(error.retryAfterMs, 300_000) }),
  });
}

/** Known by its name: activities import only types from mail/. */
function isMailError(error: unknown): error is MailError {
  return error instanceof Error && error.name === 'MailError';
}

/** Rule 4, rule 7: what was not accepted of a check is withdrawn; answers what was. */
export async function withdraw(
  parts: Parts,
  input: { readonly clientId: string; readonly checkAt: number },
): Promise<Told> {
  await parts.ledger.withdraw(input.clientId, input.checkAt, await parts.now());
  return toldOf(await parts.ledger.find(input.clientId, input.checkAt));
}

function toldOf(entries: readonly LedgerEntry[]): Told {
  return {
    accepted: entries.flatMap(({ state, rules, acceptedAt }) =>
      state === 'accepted' && acceptedAt !== null ? [{ rules, at: acceptedAt }] : [],
    ),
    failed: entries.flatMap(({ state, rules, lastError }) =>
      state === 'failed' ? [{ rules, reason: lastError ?? 'refused by the mail provider' }] : [],
    ),
  };
}

/** The same for every attempt and every worker: a UUID made from client, check and audience. */
function noticeId({ clientId, checkAt }: NotifyInput, { audience }: Notice): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([clientId, checkAt, audience]))
    .digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function mailOf(
  input: NotifyInput,
  id: string,
  profile: Profile,
  client: Client,
  notice: Notice,
): NoticeMail {
  return {
    noticeId: id,
    clientId: input.clientId,
    audience: notice.audience,
    profileId: profile.id,
    workflowId: `low-balance:client:${input.clientId}`,
    recipients: notice.recipients,
    language: client.language,
    timeZone: client.timeZone,
    facts: {
      clientName: client.name,
      resellerName: client.resellerName,
      profileName: profile.name,
      availableBalance: input.availableBalance,
      currency: client.currency,
      checkedAt: input.checkAt,
      nextCheckAt: input.nextCheckAt,
      rules: notice.rules.flatMap((key) => ruleFacts(input, profile, client, key)),
    },
  };
}

function ruleFacts(input: NotifyInput, profile: Profile, client: Client, key: RuleKey): readonly RuleFacts[] {
  const rule = profile.rules.find((each) => each.key === key);
  if (!rule) return [];
  return [
    {
      key,
      threshold: rule.threshold,
      thresholdCurrency: profile.currency,
      convertedThreshold:
        client.currency === profile.currency ? null : (thresholdIn(rule, client.rate) ?? null),
      inactiveSince: rule.inactivityMs === undefined ? null : (client.lastChargeAt ?? client.createdAt),
      reminder: input.rules.find((each) => each.key === key)?.reminder ?? 1,
      maxQty: profile.maxQty,
    },
  ];
}
