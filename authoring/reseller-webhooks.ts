import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { ruleFields } from '../domain/profile/written-rules.js';
import type { Finding } from './checked-file.js';
import { at, error, itemsAt, warning } from './findings.js';
import { nearest } from './nearest.js';
import { webhooksOf } from './reseller-rules.js';

const settingsFile = 'reseller.json';

/** Rules name webhooks of the `reseller.json` beside the profile; another name would reach nobody. */
export function unknownWebhookFindings(root: Node, absolute: string): readonly Finding[] {
  const named = namedIn(root);
  if (named.length === 0) return [];
  const settings = readTree(path.join(path.dirname(absolute), settingsFile));
  const known = settings ? webhooksOf(settings).map(({ name }) => name) : [];
  return named
    .filter(({ value }) => typeof value === 'string' && !known.includes(value))
    .map((node) => {
      const close = nearest(String(node.value), known);
      const expected =
        known.length === 0
          ? 'expected it under "webhooks" in reseller.json, beside the profile'
          : `expected one of ${known.join(', ')}${close === undefined ? '' : ` (perhaps "${close}")`}, as reseller.json names them`;
      return error(node, 'unknown-webhook', `the reseller has no webhook "${node.value}": ${expected}`);
    });
}

/**
 * A webhook that no rule names is never called. Rules are those of the profiles beside the file, and those of platforms, which
 * are for this reseller's clients too.
 */
export function unusedWebhookFindings(root: Node, absolute: string): readonly Finding[] {
  const webhooks = webhooksOf(root);
  if (webhooks.length === 0) return [];
  const folder = path.dirname(absolute);
  const used = new Set([folder, ...platformsBeside(folder)].flatMap(namedInFolder));
  return webhooks
    .filter(({ name }) => !used.has(name))
    .map(({ node, name }) =>
      warning(
        node,
        'unused-webhook',
        `no rule names the webhook "${name}", so it is never called: expected "webhooks": ["${name}"] in a rule`,
      ),
    );
}

function namedIn(root: Node): readonly Node[] {
  return ruleFields.flatMap((field) => {
    const node = at(root, [field]);
    const rules = node?.type === 'array' ? (node.children ?? []) : node ? [node] : [];
    return rules.flatMap((rule) => (rule.type === 'object' ? itemsAt(rule, ['webhooks']) : []));
  });
}

function namedInFolder(folder: string): readonly string[] {
  return filesIn(folder)
    .filter((name) => name.endsWith('.json') && !name.endsWith('.test.json') && name !== settingsFile)
    .flatMap((name) => {
      const root = readTree(path.join(folder, name));
      return root ? namedIn(root).map(({ value }) => String(value)) : [];
    });
}

function platformsBeside(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return filesIn(parent)
    .map((name) => path.join(parent, name))
    .filter((each) => {
      const settings = readTree(path.join(each, settingsFile));
      return settings !== undefined && at(settings, ['platform'])?.value === true;
    });
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Undefined where there is no such file, or it is no JSON object: its own check says that. */
function readTree(file: string): Node | undefined {
  try {
    const root = parseTree(readFileSync(file, 'utf8'), [], { allowTrailingComma: true });
    return root?.type === 'object' && getNodeValue(root) !== null ? root : undefined;
  } catch {
    return undefined;
  }
}
