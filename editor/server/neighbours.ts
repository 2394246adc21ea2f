import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { getNodeValue, parseTree } from 'jsonc-parser';
import { writtenRules, type PlacedRule } from '../../domain/profile/written-rules.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import type { ResellerFile } from '../../domain/reseller/reseller-file.js';

/** The rules of the profile beside a file of scenarios, as its file has them now. */
export async function rulesBeside(uri: string): Promise<readonly PlacedRule[]> {
  const profile = await readObject<ProfileFile>(fileURLToPath(uri).replace(/\.test\.json$/, '.json'));
  return writtenRules(profile);
}

/** The names of the reseller's webhooks, for a file in its folder. */
export async function webhooksBeside(uri: string): Promise<readonly string[]> {
  const file = path.join(path.dirname(fileURLToPath(uri)), 'reseller.json');
  const { webhooks } = await readObject<ResellerFile>(file);
  return typeof webhooks === 'object' && webhooks !== null ? Object.keys(webhooks) : [];
}

/** As it is written, right or wrong; empty where the file is missing, or is no object. */
async function readObject<T extends object>(file: string): Promise<T> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const root = parseTree(text, [], { allowTrailingComma: true });
  return (root?.type === 'object' ? getNodeValue(root) : {}) as T;
}
