import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { assertNever } from '../domain/assert-never.js';
import { faultsText, isUnclear } from '../domain/client.js';
import type { Recovery } from '../domain/notices.js';
import type { FailedNotice } from '../domain/watching/check.js';
import { endReasonOf } from '../domain/reading.js';
import type { DeliveryError } from '../delivery/delivery-error.js';
import type { Channel, Channels, Sent } from '../delivery/channel.js';
import { webhookOf } from '../domain/notice-channel.js';
import type { Claim, LedgerEntry } from '../delivery/ledger/ledger.js';
import { readWatched } from './check.js';
import type { NotifyInput, NoticesOutcome } from './contract.js';
import { messageOf, noticesOf } from './notice-content.js';
import type { WatchParts } from './parts.js';
import { longestCallMs, recorded } from './recorded.js';
import { retryLater, type Delay } from './retry-later.js';

/** A message may wait this long for its turn, and its acceptance this long for its record; then the claim on it ends. */
const claimBeyondCallMs = 15_000;

/**
 * Sends what a check decided: at most one mail to the staff and one to the client, and one message to each webhook.
 * - Who receives what is resolved once, at the first attempt, and written to the ledger before the provider is called.
 *   Every further attempt, of any worker, sends the same to those for whom nothing was accepted. So an edit of the
 *   profile takes effect at the next check (rule 12), and one address gets one mail (rule 9).
 * - One worker at a time sends a notice. Where the provider's answer was lost the notice is sent again under the same
 *   notice id: at least once.
 * - Throws a retryable ApplicationFailure while something may still be accepted later, and CancelledFailure where it was
 *   cancelled before all was sent. A call under way is waited for: what it answers counts.
 */
export async function notify(
  parts: WatchParts,
  input: NotifyInput,
  signal: AbortSignal,
): Promise<NoticesOutcome> {
  const { clientId, checkAt } = input;
  const begunAt = performance.now();
  const attemptedAt = await parts.attemptedAt();
  const leftAtBegin = input.deadlineAt - attemptedAt;
  // A clock may be late, and refills are compared with when a notice was accepted: never before its attempt was scheduled. An attempt
  // may also have waited for a worker since.
  const now = async () =>
    Math.max(checkAt, Math.round(attemptedAt + performance.now() - begunAt), await parts.now());
  const entries = await entriesOf(parts, input, attemptedAt, signal);
  if (!entries) return toldOf(await parts.ledger.find(clientId, checkAt));
  const send = async (entry: LedgerEntry): Promise<Delay | undefined> => {
    if (signal.aborted) throw givenUp(signal);
    if ((await now()) >= (input.closesAt ?? Infinity)) throw closed();
    const leftMs = leftAtBegin - (performance.now() - begunAt);
    return await sendNotice(parts, entry, Math.max(250, Math.min(longestCallMs, leftMs)), now, signal);
  };
  const pending = entries.filter(({ state }) => state === 'pending');
  const tried: (Delay | undefined)[] = [];
  for (const entry of pending.filter(isMail)) tried.push(await send(entry));
  tried.push(...(await allAtOnce(pending.filter((entry) => !isMail(entry)).map(send))));
  const delays = tried.filter((each) => each !== undefined);
  if (delays.length > 0) {
    if (signal.aborted) throw givenUp(signal);
    throw retryLater(delays, leftAtBegin - (performance.now() - begunAt));
  }
  return withUnreached(input, await parts.ledger.find(clientId, checkAt), await parts.now());
}

/** Rule 19: what was not accepted is withdrawn by the workflow, which decides afresh. */
function closed(): ApplicationFailure {
  const message = 'the sending hours closed';
  return ApplicationFailure.create({
    type: 'outside-hours',
    message,
    nonRetryable: true,
    category: 'BENIGN',
  });
}

/** Mails come first, one after the other: a receiver of a webhook that is slow to answer holds up nobody's mail. */
function isMail({ channel }: LedgerEntry): boolean {
  return webhookOf(channel) === undefined;
}

/** Webhooks are called at once, so that slow receivers do not hold up others. All have ended when one of them throws. */
async function allAtOnce<T>(calls: readonly Promise<T>[]): Promise<readonly T[]> {
  const ended = await Promise.allSettled(calls);
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

/** A worker that shuts down leaves the rest to another; what the workflow cancels is over. */
function givenUp(signal: AbortSignal): Error {
  const { reason } = signal as { reason: unknown };
  if (reason instanceof Error && reason.message === 'WORKER_SHUTDOWN') {
    const message = 'the worker shuts down, another goes on';
    return ApplicationFailure.create({ type: 'worker-shutdown', message, category: 'BENIGN' });
  }
  return new CancelledFailure('cancelled before all was sent');
}

/**
 * The check's notices as the ledger has them, resolved now where this is the first attempt; undefined where nobody is to be told of
 * this check any more.
 */
async function entriesOf(
  parts: WatchParts,
  input: NotifyInput,
  scheduledAt: number,
  signal: AbortSignal,
): Promise<readonly LedgerEntry[] | undefined> {
  const { clientId, checkAt } = input;
  const known = await parts.ledger.find(clientId, checkAt);
  if (known.length > 0 && !known.some(({ state }) => state === 'pending')) return known;
  const { client, stored } = await readWatched(parts, clientId, input.decided?.profile.id);
  // Rule 13: a client that is watched no more, or suspended, gets no notice, also in between two attempts.
  if (!client || !stored || endReasonOf(client, stored.profile) || client.status === 'suspended') {
    if (known.length > 0) await parts.ledger.withdraw(clientId, checkAt, await parts.now());
    return undefined;
  }
  // Rule 14: it is tried again until the next planned check.
  if (isUnclear(client)) throw new Error(`the client is unknown: ${faultsText(client.faults)}`);
  if (known.length > 0) return known;
  // Rule 12: what was decided by another profile is not said by this one; the next check decides by it.
  if (input.decided && input.decided.profile.id !== stored.profile.id) return undefined;
  const recoveries = await recoveriesOf(parts, input);
  const resellers = await parts.resellers?.current();
  const notices = noticesOf(input, stored.profile, client, recoveries, resellers);
  if (signal.aborted) throw givenUp(signal);
  const opening = await parts.ledger.open(notices, { at: await parts.now(), scheduledAt });
  switch (opening.kind) {
    case 'opened':
      return opening.entries;
    case 'known':
      return await parts.ledger.find(clientId, checkAt);
    case 'fenced':
      throw fenced();
    default:
      return assertNever(opening);
  }
}

/**
 * Rules 4, 7 and 25: this attempt came too late, and who follows it has decided afresh. A workflow that waits for it all the same,
 * because clocks differ, tries again.
 */
function fenced(): ApplicationFailure {
  const message = 'it was withdrawn before it was opened';
  return ApplicationFailure.create({ type: 'fenced', message, category: 'BENIGN' });
}

/** Rule 20: whom the last notice of each rule reached that has recovered. */
function recoveriesOf(
  { ledger }: WatchParts,
  { clientId, recovered = [] }: NotifyInput,
): Promise<readonly Recovery[]> {
  return Promise.all(
    recovered.map(async ({ key, toldAt }) => ({
      rule: key,
      reached: await ledger.reached(clientId, toldAt, key),
    })),
  );
}

/**
 * A recovery of which nobody is to hear, because its last notice reached nobody, is settled too. One whose notice was withdrawn, or
 * failed, is still due.
 */
function withUnreached(
  { recovered = [], checkAt }: NotifyInput,
  entries: readonly LedgerEntry[],
  now: number,
): NoticesOutcome {
  const told = toldOf(entries);
  const named = new Set(entries.flatMap((entry) => entry.recovered));
  const unreached = recovered.map(({ key }) => key).filter((key) => !named.has(key));
  if (unreached.length === 0) return told;
  return { ...told, accepted: [...told.accepted, { rules: [], recovered: unreached, at: now, checkAt }] };
}

/** Why and when the notice is to be tried again; undefined where it is settled. */
async function sendNotice(
  parts: WatchParts,
  entry: LedgerEntry,
  timeoutMs: number,
  now: () => Promise<number>,
  signal: AbortSignal,
): Promise<Delay | undefined> {
  const { ledger } = parts;
  const claim = await ledger.claim(entry.id, timeoutMs + claimBeyondCallMs);
  if (claim.kind === 'settled') return undefined;
  if (claim.kind === 'busy') {
    return { kind: 'busy', message: 'another worker is sending it', attempts: 0, waitMs: claim.forMs };
  }
  try {
    await sendClaimed(parts, entry, claim, timeoutMs, now, signal);
    parts.count({ what: 'notice', result: 'accepted' });
    return undefined;
  } catch (error) {
    if (!isDeliveryError(error)) throw error;
    const { kind, message, permanent, retryAfterMs } = error;
    const attempt = { token: claim.token, reason: message, final: permanent };
    await recorded(async () => ledger.failed(entry.id, attempt, await now()));
    parts.count({ what: 'notice', result: permanent ? 'failed' : 'retried' });
    return permanent ? undefined : { kind, message, attempts: entry.attempts, waitMs: retryAfterMs };
  }
}

async function sendClaimed(
  parts: WatchParts,
  entry: LedgerEntry,
  { recipients, content }: Extract<Claim, { kind: 'claimed' }>,
  timeoutMs: number,
  now: () => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  const channel = channelOf(parts.channels, entry);
  const resellers = await parts.resellers?.current();
  const atOnce = channel.recipientsAtOnce ?? recipients.length;
  for (let from = 0; from < recipients.length; from += atOnce) {
    const some = recipients.slice(from, from + atOnce);
    const message = messageOf(entry, content, some, resellers);
    const sent = await channel.send(message, { signal, timeoutMs });
    await recorded(async () => parts.ledger.accepted(entry.id, acceptanceOf(sent, some), await now()));
  }
}

function channelOf({ email, webhook }: Channels, entry: LedgerEntry): Channel {
  if (webhookOf(entry.channel) === undefined) return email;
  if (webhook) return webhook;
  throw new Error('this worker calls no webhooks');
}

function acceptanceOf({ messageId, refused = [] }: Sent, recipients: readonly string[]) {
  const left = new Set(refused.map(({ address }) => address));
  return { messageId, refused, recipients: recipients.filter((address) => !left.has(address)) };
}

/** Known by its name: activities import only types from delivery/. */
function isDeliveryError(error: unknown): error is DeliveryError {
  return error instanceof Error && error.name === 'DeliveryError';
}

/**
 * Rule 4, rule 7: what was not accepted of a check is withdrawn; answers what was. While somebody may still be sending,
 * it is tried again: what the provider then accepts must count.
 */
export async function withdraw(
  parts: WatchParts,
  input: { readonly clientId: string; readonly checkAt: number },
): Promise<NoticesOutcome> {
  // An attempt that is over for its workflow may still be about to open them.
  await parts.ledger.fence(input.clientId, await parts.attemptedAt());
  const busyMs = await parts.ledger.withdraw(input.clientId, input.checkAt, await parts.now());
  if (busyMs > 0) {
    throw retryLater(
      [{ kind: 'busy', message: 'it is being sent', attempts: 0, waitMs: busyMs }],
      busyMs * 2,
    );
  }
  return toldOf(await parts.ledger.find(input.clientId, input.checkAt));
}

function toldOf(entries: readonly LedgerEntry[]): NoticesOutcome {
  return {
    accepted: entries.flatMap(({ state, rules, recovered, acceptedAt, checkAt, instant }) =>
      state === 'accepted' && acceptedAt !== null
        ? [
            {
              rules,
              at: acceptedAt,
              checkAt,
              ...(instant === null ? {} : { instant }),
              ...(recovered.length > 0 ? { recovered } : {}),
            },
          ]
        : [],
    ),
    failed: entries.flatMap((entry) => (entry.state === 'failed' ? [failedOf(entry)] : [])),
  };
}

function failedOf({ rules, recovered, channel, lastError }: LedgerEntry): FailedNotice {
  const webhook = webhookOf(channel);
  return {
    rules,
    ...(recovered.length > 0 ? { recovered } : {}),
    reason: lastError ?? 'refused by the receiver',
    ...(webhook === undefined ? {} : { webhook }),
  };
}
