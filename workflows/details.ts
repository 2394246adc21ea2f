import type { ReconcileCursor, ReconcileReason } from '../activities/contract.js';
import type { FailedNotice, MissingReason } from '../domain/watching/check.js';
import type { EndReason } from '../domain/reading.js';
import { formatDuration } from '../domain/duration.js';
import type { LookSums } from './look-sums.js';
import type { WatchStatus } from './messages.js';
import type { ReconcileSums } from './reconcile-sums.js';
import { ruleFacts } from './rule-facts.js';
import { instant, statusFacts } from './status-facts.js';

// What people read of a workflow in the Temporal UI.

/** Rule 13: why nothing is known of a client for a while. */
export const missingSentences: Readonly<Record<MissingReason, string>> = {
  'no-profile': 'no-profile: the billing data shows no Low Balance Profile for the client',
  'not-found': 'not-found: the billing data does not show the client',
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
  const facts = statusFacts(status, text).map((fact) => `**${fact.name}** ${fact.text}`);
  const rules = Object.entries(status.rules).map(([key, rule]) => {
    const { threshold, decision } = ruleFacts(rule, status.currency, text);
    return `| ${text(key)} | ${threshold} | ${rule.count} | ${rule.maxQty} | ${decision} |`;
  });
  return [
    ...facts.map((fact) => `- ${fact}`),
    ...(rules.length === 0
      ? []
      : ['', '| Rule | Threshold | Sent | Max Qty | Last decision |', '|---|---|---|---|---|', ...rules]),
    ...(notes.length === 0 ? [] : ['', '**Lately**', '', ...notes.map((note) => `- ${text(note)}`)]),
  ].join('\n');
}

/** One line on the timer: `next check 2026-11-24 09:00:00 UTC, client low, user 2 of 3 sent`. */
export function sleepSummary(status: WatchStatus): string {
  const sent = Object.entries(status.rules)
    .filter(([, { count }]) => count > 0)
    .map(([key, { count, maxQty }]) => `${key} ${count} of ${maxQty} sent`);
  return short([`next check ${instant(status.nextCheckAt)}`, `client ${status.state}`, ...sent].join(', '));
}

/** One line on the activity that sends: `notify client (2 of 3), user recovered`. */
export function tellSummary(
  rules: readonly { readonly key: string; readonly reminder: number }[],
  recovered: readonly { readonly key: string }[],
  maxQty: number,
): string {
  const low = rules.map(({ key, reminder }) => `${key} (${reminder} of ${maxQty})`);
  return short(`notify ${[...low, ...recovered.map(({ key }) => `${key} recovered`)].join(', ')}`);
}

/** One line of what lately happened: `client, user recovered not sent to the webhook "crm": it is stopped since …`. */
export function notSentText({ rules, recovered = [], webhook, reason }: FailedNotice): string {
  const what = [...rules, ...recovered.map((rule) => `${rule} recovered`)].join(', ');
  return `${what} not sent${webhook === undefined ? '' : ` to the webhook "${webhook}"`}: ${reason}`;
}

const reconcileSentences: Readonly<Record<ReconcileReason, string>> = {
  new: 'not watched before: started',
  lost: 'the workflow was terminated, cancelled or failed: started again',
  overdue: 'not seen for two periods: made sure that the workflow runs',
  profile: 'moved to another profile: woken',
  period: 'the profile got a shorter Period: woken',
  unassigned: 'to be watched no more (closed, not prepaid, or without a profile): woken to end',
};

/** The current details of a reconciliation: what it did so far. `next` is where it goes on; absent at its end. */
export function reconcileDetails(sums: ReconcileSums, next: ReconcileCursor | undefined): string {
  const reasons = Object.entries(sums.reasons) as [ReconcileReason, number][];
  return [
    next === undefined
      ? `- **Done**: ${sums.examined} clients should be watched`
      : `- **At work**: ${passSentences[next.pass]}${next.after === '' ? '' : `, after \`${next.after}\``}`,
    `- **Started** ${sums.started}`,
    `- **Woken** ${sums.woken}`,
    ...(reasons.length === 0
      ? ['', 'Nothing was to be changed so far.']
      : [
          '',
          '| Clients | Why |',
          '|---|---|',
          ...reasons.map(([reason, count]) => `| ${count} | ${reconcileSentences[reason]} |`),
          '',
          `The first of them: ${sums.some.map(({ clientId, reason }) => `${text(clientId)} (${reason})`).join(', ')}`,
        ]),
    ...(sums.refused.length === 0
      ? []
      : [
          '',
          `**Passed over**, and not watched: ${sums.refusedCount ?? sums.refused.length}`,
          '',
          ...sums.refused.map(({ clientId, problem }) => `- ${text(clientId)}: ${text(problem)}`),
        ]),
  ].join('\n');
}

/** The current details of a look at the fleet. `next` is where it goes on; absent at its end. */
export function lookDetails(
  { examined, considered, woken, some, everyMs, tookMs }: LookSums,
  next: string | undefined,
): string {
  return [
    next === undefined
      ? `- **Done** in ${formatDuration(tookMs)}: ${examined} clients looked at`
      : `- **At work** for ${formatDuration(tookMs)}: ${examined} clients looked at, the last \`${text(next)}\``,
    ...(everyMs === undefined
      ? ['- No profile says `checkEvery`']
      : [`- **Interval** ${formatDuration(everyMs)}, the smallest \`checkEvery\` of the profiles`]),
    ...(everyMs !== undefined && tookMs > everyMs
      ? [
          '- **Took longer than its interval**: the looks that were due meanwhile are skipped, and notices come later than `checkEvery`',
        ]
      : []),
    `- **May send** ${considered}`,
    `- **Woken** ${woken}${some.length === 0 ? '' : `, the first of them: ${some.map(text).join(', ')}`}`,
  ].join('\n');
}

const passSentences: Readonly<Record<ReconcileCursor['pass'], string>> = {
  lost: 'workflows that were terminated, cancelled or failed',
  assigned: 'clients that should be watched',
  watched: 'clients that are watched',
};

/** What fits on a line of the UI. */
function short(line: string): string {
  return line.slice(0, 400);
}

/** Names come from people: nothing of theirs is Markdown. A recorded result may hold a number where a name was expected. */
export function text(value: string | number): string {
  return String(value)
    .replaceAll(/[\\`*_{}[\]<>()#|!\r\n]/g, (character) => (/\s/.test(character) ? ' ' : `\\${character}`))
    .slice(0, 500);
}
