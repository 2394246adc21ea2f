import type { Reason } from '../domain/decide.js';
import type { EndReason } from '../domain/reading.js';
import type { WatchStatus } from './messages.js';

const sentences: Readonly<Record<Reason, string>> = {
  low: 'sends: the available balance is below the threshold',
  'not-low': 'quiet: the available balance is not below the threshold',
  'max-qty-reached': 'quiet: Max Qty is reached, until the balance is refilled',
  active: 'quiet: the last charge is more recent than the inactivity asked for',
  'no-recipient': 'quiet: nobody to tell, the rule has no e-mail that can be resolved',
  suspended: 'quiet: the client is suspended',
  muted: 'quiet: muted by an operator',
  unknown: 'quiet: the billing data is not known',
};

/** Why a client is watched no more. */
export const explanations = {
  closed: 'the client is closed',
  'not-prepaid': 'the client is no longer prepaid',
  'no-profile': 'the client has no Low Balance Profile',
  'not-found': 'the billing system does not know the client',
} as const satisfies Record<EndReason, string>;

/** The current details of a client's workflow, in Markdown, for the Temporal UI. */
export function detailsOf(status: WatchStatus, notes: readonly string[]): string {
  const { profile, unknown } = status;
  const facts = [
    `**State** \`${status.state}\``,
    `**Profile** ${profile ? `${text(profile.name)} (\`${profile.id}\`, version ${profile.version})` : 'not known yet'}`,
    `**Available balance** ${status.availableBalance === null ? 'not known' : `${status.availableBalance} ${status.currency}`}`,
    ...(unknown ? [`**Unknown** since ${minute(unknown.since)}: ${text(unknown.reason)}`] : []),
    ...(status.mutedUntil ? [`**Muted** until ${minute(status.mutedUntil)}`] : []),
    `**Last refill** ${minute(status.lastRefillAt)}`,
    `**Last check** ${minute(status.lastCheckAt)}`,
    `**Next check** ${minute(status.nextCheckAt)}`,
  ];
  const rules = Object.entries(status.rules).map(
    ([key, rule]) =>
      `| ${text(key)} | ${rule.threshold ?? '?'} | ${rule.count} of ${rule.maxQty} | ${sentences[rule.reason]} |`,
  );
  const table =
    rules.length === 0
      ? []
      : ['', '| Rule | Threshold | Sent | Last decision |', '|---|---|---|---|', ...rules];
  return [
    ...facts.map((fact) => `- ${fact}`),
    ...table,
    ...(notes.length ? ['', ...notes.map((note) => `- ${text(note)}`)] : []),
  ].join('\n');
}

/** One line on the timer: `next check 2026-11-24 09:00:00 UTC, client low, 2 of 3 sent`. */
export function sleepSummary(status: WatchStatus): string {
  const sent = Object.entries(status.rules)
    .filter(([, { count }]) => count > 0)
    .map(([key, { count, maxQty }]) => `${key} ${count} of ${maxQty} sent`);
  return [`next check ${minute(status.nextCheckAt)}`, `client ${status.state}`, ...sent]
    .join(', ')
    .slice(0, 400);
}

export function tellSummary(
  rules: readonly { readonly key: string; readonly reminder: number }[],
  maxQty: number,
): string {
  return `tell ${rules.map(({ key, reminder }) => `${key} (${reminder} of ${maxQty})`).join(', ')}`.slice(
    0,
    400,
  );
}

function minute(iso: string | null): string {
  return iso === null ? 'none' : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** Names come from people: nothing of theirs is Markdown. */
function text(value: string): string {
  return value
    .replaceAll(/[\\`*_{}[\]<>()#|!\r\n]/g, (character) => (/\s/.test(character) ? ' ' : `\\${character}`))
    .slice(0, 500);
}
