import { explanations } from '../../workflows/details.js';
import type { WatchStatus } from '../../workflows/messages.js';
import { ruleFacts } from '../../workflows/rule-facts.js';
import { statusFacts } from '../../workflows/status-facts.js';
import type { WatchClientResult } from '../../workflows/watch-client.js';
import type { Io } from '../shared/io.js';
import { printable } from '../shared/printable.js';
import { tableText } from '../shared/table.js';

/** A client as its workflow knows it, with a reason for each rule. */
export function statusText(status: WatchStatus, io: Pick<Io, 'columns'> = {}): string {
  const facts = [{ name: 'Client', text: printable(status.clientId) }, ...statusFacts(status, printable)];
  const width = Math.max(...facts.map(({ name }) => name.length));
  const lines = facts.map(({ name, text }) => `${name.padEnd(width)} ${text}`);
  const rules = Object.entries(status.rules);
  if (rules.length === 0) return `${lines.join('\n')}\n`;
  const table = tableText(
    ['Rule', 'Threshold', 'Sent', 'Last decision'],
    rules.map(([key, rule]) => {
      const { threshold, decision } = ruleFacts(rule, status.currency, printable);
      return [printable(key), threshold, `${rule.count} of ${rule.maxQty}`, decision];
    }),
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
