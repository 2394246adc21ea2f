import { explanations, reasonSentences } from '../../workflows/details.js';
import type { WatchStatus } from '../../workflows/messages.js';
import type { WatchClientResult } from '../../workflows/watch-client.js';
import type { Io } from '../shared/io.js';
import { printable } from '../shared/printable.js';
import { tableText } from '../shared/table.js';

/** A client as its workflow knows it, with a reason for each rule. */
export function statusText(status: WatchStatus, io: Pick<Io, 'columns'> = {}): string {
  const { profile, unknown } = status;
  const facts: readonly (readonly [string, string])[] = [
    ['Client', printable(status.clientId)],
    ['State', status.state],
    [
      'Profile',
      profile ? `${printable(profile.name)} (${profile.id}, version ${profile.version})` : 'not known yet',
    ],
    [
      'Available',
      status.availableBalance === null ? 'not known' : `${status.availableBalance} ${status.currency}`,
    ],
    ...(unknown
      ? [['Unknown', `since ${instant(unknown.since)}: ${printable(unknown.reason)}`] as const]
      : []),
    ...(status.bounced.length > 0
      ? [['Bounced', `at an address of ${status.bounced.map(printable).join(', ')}`] as const]
      : []),
    ...(status.mutedUntil ? [['Muted', `until ${instant(status.mutedUntil)}`] as const] : []),
    ...(status.telling
      ? [
          [
            'Telling',
            `${status.telling.rules.map(printable).join(', ')}, tried until ${instant(status.telling.until)}`,
          ] as const,
        ]
      : []),
    ['Last refill', instant(status.lastRefillAt)],
    ['Last check', instant(status.lastCheckAt)],
    ['Next check', instant(status.nextCheckAt)],
  ];
  const lines = facts.map(([name, value]) => `${name.padEnd(12)} ${value}`);
  const rules = Object.entries(status.rules);
  if (rules.length === 0) return `${lines.join('\n')}\n`;
  const table = tableText(
    ['Rule', 'Threshold', 'Sent', 'Last decision'],
    rules.map(([key, { threshold, count, maxQty, reason }]) => [
      printable(key),
      threshold ?? 'not known',
      `${count} of ${maxQty}`,
      reasonSentences[reason],
    ]),
    io,
  );
  return `${lines.join('\n')}\n\n${table}\n`;
}

/** Why a workflow ended. */
export function endText(result: unknown): string {
  const { ended, explanation } = (result ?? {}) as Partial<WatchClientResult>;
  if (ended === undefined) return 'watched no more';
  return ended === 'refused'
    ? `not watched by this workflow, whose start was refused: ${printable(explanation ?? '')}`
    : `watched no more: ${explanations[ended]}`;
}

/** `2026-11-24 09:00:00 UTC` */
function instant(iso: string | null): string {
  return iso === null ? 'none' : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
