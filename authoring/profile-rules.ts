import path from 'node:path';
import { getNodeValue, type Node } from 'jsonc-parser';
import { formatDuration, parseDuration } from '../domain/duration.js';
import { ruleFields } from '../domain/profile/written-rules.js';
import type { Finding } from './checked-file.js';
import { knownCurrency } from './currencies.js';
import { durationFindings } from './duration-findings.js';
import { at, error, itemsAt, warning } from './findings.js';
import { advancedFindings, ruleFindings } from './rule-findings.js';

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
    ...currencyFindings(at(root, ['currency'], 'string')),
    ...periodFindings(root),
    ...checkEveryFindings(root),
    ...hoursFindings(root),
    ...appliesToFindings(root),
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

function currencyFindings(currency: Node | undefined): readonly Finding[] {
  const code = String(currency?.value);
  if (!currency || !/^[A-Z]{3}$/.test(code) || knownCurrency(code)) return [];
  return [
    error(currency, 'unknown-currency', `"${code}" is no currency of ISO 4217: expected one such as "USD"`),
  ];
}

function periodFindings(root: Node): readonly Finding[] {
  const period = at(root, ['period'], 'string');
  return durationFindings(period, { name: 'the Period', shortest: '1s', tooShort: 'period-too-short' });
}

function checkEveryFindings(root: Node): readonly Finding[] {
  const checkEvery = at(root, ['checkEvery'], 'string');
  const findings = durationFindings(checkEvery, {
    name: 'checkEvery',
    shortest: '10s',
    tooShort: 'check-every-too-short',
  });
  const ms = parseDuration(String(checkEvery?.value));
  const periodMs = parseDuration(String(at(root, ['period'], 'string')?.value));
  if (!checkEvery || findings.length > 0 || ms === undefined || periodMs === undefined || ms < periodMs)
    return findings;
  const message = `checkEvery ${checkEvery.value} is not below the Period ${formatDuration(periodMs)}: expected less, because clients are checked at the Period anyway`;
  return [warning(checkEvery, 'check-every-not-below-period', message)];
}

function hoursFindings(root: Node): readonly Finding[] {
  return (['days', 'audiences'] as const).flatMap((name) => {
    const list = at(root, ['sendingHours', name], 'array');
    if (!list || itemsAt(root, ['sendingHours', name]).length > 0) return [];
    return name === 'days'
      ? [warning(list, 'hours-never-open', 'the sending hours open on no day: expected at least one day')]
      : [
          warning(
            list,
            'hours-for-nobody',
            'the sending hours hold for nobody: expected "staff" or "client"',
          ),
        ];
  });
}

function appliesToFindings(root: Node): readonly Finding[] {
  const appliesTo = at(root, ['appliesTo'], 'object');
  if (!appliesTo) return [];
  const isEmpty = (appliesTo.children ?? []).length === 0;
  const message =
    'the profile applies to no client: expected a field, or "all": true for every client of the reseller';
  return [
    ...(isEmpty ? [error(appliesTo, 'applies-to-nobody', message)] : []),
    ...itemsAt(appliesTo, ['currencies'])
      .filter(({ type }) => type === 'string')
      .flatMap(currencyFindings),
  ];
}

function noRules(root: Node): Finding {
  const message = `the profile has no rule: expected one of ${ruleFields.join(', ')}`;
  return error(at(root, ['advancedRules']) ?? root, 'no-rules', message);
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
