import type { SentNotice, SentRecipient } from '../../delivery/ledger/sent-notices.js';
import { webhookOf } from '../../domain/notice-channel.js';
import type { Io } from '../shared/io.js';
import { counted, printable } from '../shared/printable.js';
import { tableText } from '../shared/table.js';

/** Recipients of one notice that are listed; the others are counted. */
const listed = 10;

/** A table for people, one row a notice. */
export function noticesText(notices: readonly SentNotice[], io: Pick<Io, 'columns'>): string {
  if (notices.length === 0) return 'No notice.\n';
  const rows = notices.map((notice) => [
    timeOf(notice.acceptedAt ?? notice.createdAt),
    printable(notice.clientId),
    webhookOf(notice.channel) === undefined ? notice.audience : 'webhook',
    [...notice.rules, ...notice.recovered.map((rule) => `${rule} recovered`)].map(printable).join('\n'),
    resultOf(notice),
    recipientsOf(notice.recipients),
  ]);
  const head = ['Time (UTC)', 'Client', 'Audience', 'Rules', 'Result', 'Recipients'];
  return `${tableText(head, rows, io)}\n${summaryOf(notices)}\n`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

function resultOf({ state, attempts, lastError }: SentNotice): string {
  const tried = attempts > 1 ? ` after ${attempts} attempts` : '';
  const why = lastError === null || state === 'accepted' ? '' : `\n${wrapped(printable(lastError))}`;
  return `${state}${tried}${why}`;
}

function recipientsOf(recipients: readonly SentRecipient[]): string {
  const lines = recipients.slice(0, listed).map(({ address, state, reason, delivery, deliveryReason }) => {
    const why = delivery === null ? reason : deliveryReason;
    const shown = why === null || delivery === 'delivered' ? '' : `: ${printable(why)}`;
    return wrapped(`${printable(address)} ${delivery ?? state}${shown}`);
  });
  const more = recipients.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** Long reasons of others would make the table wider than any terminal. */
function wrapped(text: string): string {
  return text
    .slice(0, 300)
    .replaceAll(
      /(.{1,60})(?:\s+|$)|(.{60})/gu,
      (_, words?: string, part?: string) => `${words ?? part ?? ''}\n`,
    )
    .trimEnd();
}

function summaryOf(notices: readonly SentNotice[]): string {
  const counts = new Map<string, number>();
  for (const { state } of notices) counts.set(state, (counts.get(state) ?? 0) + 1);
  return `${counted(notices.length, 'notice')}: ${[...counts].map(([state, count]) => `${count} ${state}`).join(', ')}`;
}
