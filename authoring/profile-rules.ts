import path from 'node:path';
import { findNodeAtLocation, getNodeValue, type JSONPath, type Node } from 'jsonc-parser';
import { formatDuration, parseDuration } from '../domain/duration.js';
import { ruleFields } from '../domain/profile/written-rules.js';
import { knownCurrency } from './currencies.js';
import type { Finding } from './checked-file.js';
import { lostDigits } from './lost-digits.js';

/**
 * What is wrong with a profile beyond its schema. Looks only at what has its right type: the schema says the rest.
 * `text` is that of the whole file.
 */
export function profileFindings(root: Node, text: string): readonly Finding[] {
  return hasRule(root) ? editFindings(root, text) : [...editFindings(root, text), noRules(root)];
}

/** The same for an edit, which has only some fields of a profile. */
export function editFindings(root: Node, text: string): readonly Finding[] {
  return [
    ...currencyFindings(root),
    ...periodFindings(root),
    ...rulesOf(root).flatMap((rule) => ruleFindings(rule, text)),
    ...advancedFindings(root),
  ];
}

/** What is wrong with the name and the place of a profile's file. */
export function placeFindings(root: Node, absolute: string): readonly Finding[] {
  const folder = path.basename(path.dirname(absolute));
  const slug = path.basename(absolute, '.json');
  const reseller = at(root, ['reseller'], 'string');
  const findings: Finding[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(slug) || slug.length > 120) {
    findings.push(
      error(
        root,
        'file-name',
        `the file is named "${slug}.json": expected letters, digits, ".", "_" and "-", at most 120`,
      ),
    );
  }
  if (reseller && reseller.value !== folder) {
    findings.push(
      error(
        reseller,
        'reseller-mismatch',
        `the reseller is "${reseller.value}" and the folder "${folder}": expected them to be the same`,
      ),
    );
  }
  return findings;
}

function currencyFindings(root: Node): readonly Finding[] {
  const currency = at(root, ['currency'], 'string');
  const code = String(currency?.value);
  if (!currency || !/^[A-Z]{3}$/.test(code) || knownCurrency(code)) return [];
  return [
    error(currency, 'unknown-currency', `"${code}" is no currency of ISO 4217: expected one such as "USD"`),
  ];
}

function periodFindings(root: Node): readonly Finding[] {
  const period = at(root, ['period'], 'string');
  if (!period || !/^(\d{1,9}[smhdw])+$/.test(String(period.value))) return [];
  const ms = parseDuration(String(period.value));
  if (ms === undefined)
    return [error(period, 'duration-too-long', `the Period is ${period.value}: expected at most 3650d`)];
  return ms >= 1_000
    ? []
    : [error(period, 'period-too-short', `the Period is ${period.value}: expected at least 1s`)];
}

function noRules(root: Node): Finding {
  const message = `the profile has no rule: expected one of ${ruleFields.join(', ')}`;
  return error(at(root, ['advancedRules']) ?? root, 'no-rules', message);
}

/** Each rule by itself: who it reaches, and its threshold. */
function ruleFindings(rule: Node, text: string): readonly Finding[] {
  return [
    ...reachFindings(rule),
    ...duplicateFindings(rule, 'emails', 'duplicate-address', 'the address'),
    ...duplicateFindings(rule, 'users', 'duplicate-user', 'the user'),
    ...amountFindings(rule, text),
  ];
}

function reachFindings(rule: Node): readonly Finding[] {
  const notify = at(rule, ['notify'], 'boolean');
  const named = ['users', 'emails'].flatMap((list) => at(rule, [list], 'array')?.children ?? []);
  if (notify?.value !== false || named.length > 0) return [];
  return [
    error(notify, 'reaches-nobody', 'the rule tells nobody: expected "notify": true, or users or emails'),
  ];
}

function duplicateFindings(rule: Node, list: string, code: string, what: string): readonly Finding[] {
  const seen = new Set<string>();
  return (at(rule, [list], 'array')?.children ?? []).flatMap((node) => {
    const value = list === 'emails' ? String(node.value).trim().toLowerCase() : String(node.value);
    const known = seen.has(value);
    seen.add(value);
    return known ? [warning(node, code, `${what} "${node.value}" is there twice: expected it once`)] : [];
  });
}

/** A number in a file becomes a double; one with more digits would silently become another amount. */
function amountFindings(rule: Node, text: string): readonly Finding[] {
  const threshold = at(rule, ['threshold'], 'number');
  if (!threshold) return [];
  const lost = lostDigits(text.slice(threshold.offset, threshold.offset + threshold.length));
  return lost ? [error(threshold, lost.code, `the threshold ${lost.message}`)] : [];
}

/** The advanced rules among themselves, and against the client's rule and the Period. */
function advancedFindings(root: Node): readonly Finding[] {
  const names = new Map<string, number>();
  const period = parseDuration(String(at(root, ['period'], 'string')?.value ?? ''));
  const clientThreshold = at(root, ['clientNotification', 'threshold'], 'number');
  return (at(root, ['advancedRules'], 'array')?.children ?? []).flatMap((rule, index) => {
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
    return [...findings, ...inactivityFindings(rule, period, clientThreshold)];
  });
}

function inactivityFindings(
  rule: Node,
  periodMs: number | undefined,
  clientThreshold: Node | undefined,
): readonly Finding[] {
  const inactivity = at(rule, ['inactivity'], 'string');
  if (!inactivity || !/^(\d{1,9}[smhdw])+$/.test(String(inactivity.value))) return [];
  const findings: Finding[] = [];
  const ms = parseDuration(String(inactivity.value));
  if (ms === undefined)
    findings.push(
      error(inactivity, 'duration-too-long', `the inactivity is ${inactivity.value}: expected at most 3650d`),
    );
  else if (periodMs !== undefined && ms < periodMs) {
    const message = `the inactivity ${inactivity.value} is shorter than the Period ${formatDuration(periodMs)}: expected at least as long, because a client is only checked that often`;
    findings.push(warning(inactivity, 'inactivity-below-period', message));
  }
  const threshold = at(rule, ['threshold'], 'number');
  if (threshold && clientThreshold && Number(threshold.value) >= Number(clientThreshold.value)) {
    const message = `the threshold ${threshold.value} is not below the client's ${clientThreshold.value}: expected a lower one, because the client rule tells the same people without waiting for inactivity`;
    findings.push(warning(threshold, 'threshold-order', message));
  }
  return findings;
}

/** Of the right type or not: the schema says that. */
function hasRule(root: Node): boolean {
  return ruleFields.some((field) => {
    const node = at(root, [field]);
    return node && !(node.type === 'array' && !node.children?.length);
  });
}

function rulesOf(root: Node): readonly Node[] {
  return ruleFields.flatMap((field) => {
    const node = at(root, [field]);
    const rules = node?.type === 'array' ? (node.children ?? []) : node ? [node] : [];
    return rules.filter(({ type }) => type === 'object');
  });
}

/** What a valid profile does, as one sentence: `3 notices over 72 h, then silence until a refill`. */
export function summaryOf(root: Node): Finding | undefined {
  const { maxQty, period } = getNodeValue(root) as { readonly maxQty?: unknown; readonly period?: unknown };
  const periodMs = typeof period === 'string' ? parseDuration(period) : undefined;
  const node = at(root, ['maxQty']);
  if (typeof maxQty !== 'number' || periodMs === undefined || !node) return undefined;
  const notices = maxQty === 1 ? '1 notice' : `${maxQty} notices over ${hoursOf(maxQty * periodMs)}`;
  return { node, severity: 'info', code: 'summary', message: `${notices}, then silence until a refill` };
}

/** In hours where they are whole, as people compare Periods: `72 h`. */
function hoursOf(ms: number): string {
  return ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : formatDuration(ms);
}

function at(node: Node, place: JSONPath, type?: Node['type']): Node | undefined {
  const found = findNodeAtLocation(node, place);
  return found && (type === undefined || found.type === type) ? found : undefined;
}

function error(node: Node, code: string, message: string): Finding {
  return { node, severity: 'error', code, message };
}

function warning(node: Node, code: string, message: string): Finding {
  return { node, severity: 'warning', code, message };
}
