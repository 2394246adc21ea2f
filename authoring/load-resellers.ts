import { existsSync } from 'node:fs';
import path from 'node:path';
import { getNodeValue } from 'jsonc-parser';
import type { Problem } from '../domain/problem.js';
import { canonicalReseller } from '../domain/reseller/reseller-content.js';
import type { ResellerFile } from '../domain/reseller/reseller-file.js';
import { checkFile } from './checked-file.js';

/** A reseller's settings, read from a valid file. */
export interface LoadedReseller {
  /** The folder's name. */
  readonly reseller: string;
  /** Relative to the working directory. */
  readonly file: string;
  /** Canonical. */
  readonly content: ResellerFile;
  /** The text of the file. */
  readonly source: string;
}

export interface LoadedResellers {
  readonly resellers: readonly LoadedReseller[];
  readonly problems: readonly Problem[];
}

/** The `reseller.json` of each of these folders of a profiles folder. Two folders of one billing id are an error. */
export async function loadResellers(
  folder: string,
  names: readonly string[],
  cwd: string,
): Promise<LoadedResellers> {
  const problems: Problem[] = [];
  const resellers: LoadedReseller[] = [];
  for (const reseller of names.toSorted()) {
    const file = path.join(folder, reseller, 'reseller.json').replaceAll(path.sep, '/');
    if (!existsSync(path.resolve(cwd, file))) continue;
    const checked = await checkFile(file, cwd, 'reseller');
    if (!('root' in checked)) {
      problems.push(...checked.problems);
      continue;
    }
    problems.push(...checked.bySchema);
    if (checked.bySchema.some(({ severity }) => severity === 'error')) continue;
    const content = canonicalReseller(getNodeValue(checked.root) as ResellerFile);
    resellers.push({ reseller, file, content, source: checked.text });
  }
  return { resellers, problems: [...problems, ...sharedIds(folder, names, resellers)] };
}

function sharedIds(
  folder: string,
  names: readonly string[],
  resellers: readonly LoadedReseller[],
): readonly Problem[] {
  const contents = new Map(resellers.map((each) => [each.reseller, each.content]));
  const owners = new Map<string | null, string>();
  const problems: Problem[] = [];
  for (const reseller of names.toSorted()) {
    const { billingId = reseller, platform = false } = contents.get(reseller) ?? {};
    const owner = owners.get(billingId);
    if (platform) continue;
    if (owner === undefined) {
      owners.set(billingId, reseller);
      continue;
    }
    const said = billingId === null ? 'clients without a reseller' : `the billing id "${billingId}"`;
    const named =
      resellers.find((each) => each.reseller === reseller) ??
      resellers.find((each) => each.reseller === owner);
    problems.push({
      file: named?.file ?? `${folder}/${reseller}`,
      line: 1,
      column: 1,
      severity: 'error',
      code: 'billing-id-twice',
      message: `${said} belongs to the folders "${owner}" and "${reseller}"; expected one folder`,
    });
  }
  return problems;
}
