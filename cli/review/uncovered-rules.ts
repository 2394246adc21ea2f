import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { getNodeValue, parseTree } from 'jsonc-parser';
import type { FieldChange } from '../../domain/profile/profile-content.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import type { ScenarioFile } from '../../scenarios/scenario-file.js';

/** Fields that decide neither when a rule sends nor to whom. */
const harmless = new Set(['name', 'sortOrder', 'reseller']);

/**
 * The rules of the new content that a change touches and that no scenario beside the profile expects to send; in the order
 * of the profile. Scenarios are read as they are written: what is wrong with them is for `validate` to say.
 */
export async function uncoveredRules(
  { change, fields }: PlannedChange,
  folder: string,
  cwd: string,
): Promise<readonly string[]> {
  if (change.action === 'delete') return [];
  const keys: readonly string[] = normaliseProfile(change.profile, change.after).rules.map(({ key }) => key);
  const touched =
    change.action === 'create' ? keys : keys.filter((key) => fields.some((field) => touches(field, key)));
  if (touched.length === 0) return [];
  const covered = await expectedRules(path.resolve(cwd, folder, `${change.profile}.test.json`));
  return touched.filter((key) => !covered.has(key));
}

/** A field of no rule is one of every rule. */
function touches({ path: field }: FieldChange, rule: string): boolean {
  const section = /^(userNotification|clientNotification|advancedRules\[(.*)\])\./.exec(field);
  if (!section) return !harmless.has(field) && field !== 'advancedRules';
  return rule === ruleOf(section[1] ?? '', section[2]);
}

function ruleOf(section: string, name: string | undefined): string {
  if (name !== undefined) return `advanced:${name}`;
  return section === 'userNotification' ? 'user' : 'client';
}

async function expectedRules(file: string): Promise<ReadonlySet<string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const root = parseTree(text, [], { allowTrailingComma: true });
  const { scenarios } = (root ? getNodeValue(root) : {}) as Partial<ScenarioFile>;
  const expected = [scenarios ?? []].flat().flatMap(({ expect }) => [expect ?? []].flat());
  return new Set(expected.flatMap(({ rules }) => [rules ?? []].flat()));
}
