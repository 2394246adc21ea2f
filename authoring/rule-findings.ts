import type { Node } from 'jsonc-parser';
import { formatDuration, parseDuration } from '../domain/duration.js';
import type { Finding } from './checked-file.js';
import { durationFindings } from './duration-findings.js';
import { at, error, itemsAt, warning } from './findings.js';
import { lostDigits } from './lost-digits.js';

/** Each rule by itself: who it reaches, and its threshold. */
export function ruleFindings(rule: Node, text: string): readonly Finding[] {
  return [
    ...reachFindings(rule),
    ...duplicateFindings(rule, 'emails', 'duplicate-address', 'the address'),
    ...duplicateFindings(rule, 'users', 'duplicate-user', 'the user'),
    ...duplicateFindings(rule, 'webhooks', 'duplicate-webhook', 'the webhook'),
    ...amountFindings(at(rule, ['threshold']), text),
    ...thresholdFindings(rule),
  ];
}

function reachFindings(rule: Node): readonly Finding[] {
  const notify = at(rule, ['notify'], 'boolean');
  const named = ['users', 'emails', 'webhooks'].flatMap((list) => itemsAt(rule, [list]));
  if (notify?.value !== false || named.length > 0) return [];
  const recovered = at(rule, ['recovered'], 'boolean');
  const message = 'the rule notifies nobody: expected "notify": true, or users, emails or webhooks';
  return [
    error(notify, 'reaches-nobody', message),
    ...(recovered?.value === true
      ? [
          warning(
            recovered,
            'recovery-of-nobody',
            'the rule notifies nobody, so nobody is notified of a recovery',
          ),
        ]
      : []),
  ];
}

function duplicateFindings(rule: Node, list: string, code: string, what: string): readonly Finding[] {
  const seen = new Set<string>();
  return itemsAt(rule, [list]).flatMap((node) => {
    const value = list === 'emails' ? String(node.value).trim().toLowerCase() : String(node.value);
    const known = seen.has(value);
    seen.add(value);
    return known ? [warning(node, code, `${what} "${node.value}" is there twice: expected it once`)] : [];
  });
}

/** A number in a file becomes a double; one with more digits would silently become another amount. */
function amountFindings(threshold: Node | undefined, text: string): readonly Finding[] {
  if (threshold?.type !== 'number')
    return (threshold?.children ?? []).flatMap((child) => amountFindings(child, text));
  const lost = lostDigits(text.slice(threshold.offset, threshold.offset + threshold.length));
  return lost ? [error(threshold, lost.code, `the threshold ${lost.message}`)] : [];
}

function thresholdFindings(rule: Node): readonly Finding[] {
  const percents = ['percentOfCreditLimit', 'percentOfLastRefill'].flatMap((kind) => {
    const percent = at(rule, ['threshold', kind], 'number');
    if (!percent || Number(percent.value) <= 100) return [];
    const message = `the threshold is ${percent.value} percent: expected at most 100, or the rule applies to a balance that is higher than the whole`;
    return [warning(percent, 'percentage-above-100', message)];
  });
  const lasts = at(rule, ['threshold', 'lasts'], 'string');
  return [
    ...percents,
    ...durationFindings(lasts, {
      name: 'the time for which the balance lasts',
      shortest: '1s',
      tooShort: 'duration-too-short',
    }),
  ];
}

/** The advanced rules among themselves, and against the client's rule and the Period. */
export function advancedFindings(root: Node): readonly Finding[] {
  const names = new Map<string, number>();
  const period = parseDuration(String(at(root, ['period'], 'string')?.value ?? ''));
  const client = at(root, ['clientNotification'], 'object');
  return itemsAt(root, ['advancedRules']).flatMap((rule, index) => {
    const findings: Finding[] = [];
    const name = at(rule, ['name'], 'string');
    const known = names.get(String(name?.value));
    if (name && known !== undefined) {
      findings.push(
        error(
          name,
          'duplicate-rule-name',
          `the name "${name.value}" is also that of rule ${known + 1}: expected a name of its own`,
        ),
      );
    } else if (name) names.set(String(name.value), index);
    return [...findings, ...inactivityFindings(rule, period, client)];
  });
}

function inactivityFindings(
  rule: Node,
  periodMs: number | undefined,
  client: Node | undefined,
): readonly Finding[] {
  const inactivity = at(rule, ['inactivity'], 'string');
  const findings = durationFindings(inactivity, {
    name: 'the inactivity',
    shortest: '0s',
    tooShort: 'duration-too-short',
  });
  const ms = parseDuration(String(inactivity?.value));
  if (!inactivity || ms === undefined) return findings;
  const all = [...findings];
  if (periodMs !== undefined && ms < periodMs) {
    const message = `the inactivity ${inactivity.value} is shorter than the Period ${formatDuration(periodMs)}: expected at least as long, because a client is only checked that often`;
    all.push(warning(inactivity, 'inactivity-below-period', message));
  }
  const threshold = amountBelow(rule);
  const clientThreshold = client && amountBelow(client);
  if (threshold && clientThreshold && Number(threshold.value) >= Number(clientThreshold.value)) {
    const message = `the threshold ${threshold.value} is not below the client's ${clientThreshold.value}: expected a lower one, because the client rule notifies the same people without waiting for inactivity`;
    all.push(warning(threshold, 'threshold-order', message));
  }
  return all;
}

/** The threshold of a rule that applies below an amount; others cannot be compared. */
function amountBelow(rule: Node): Node | undefined {
  return at(rule, ['when'])?.value === 'above' ? undefined : at(rule, ['threshold'], 'number');
}
