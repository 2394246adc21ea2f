import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../domain/problem.js';
import { canonicalReseller, type ResellerContent } from '../domain/reseller/reseller-content.js';
import { readResellerTemplates } from './reseller-templates.js';
import { validateFile } from './validate-file.js';

/** A reseller's settings and words, read from valid files. */
export interface LoadedReseller {
  /** The folder's name. */
  readonly reseller: string;
  /** Relative to the working directory. */
  readonly file: string;
  /** Canonical. */
  readonly content: ResellerContent;
  /** The text of the file; empty where the reseller has words of its own and no file. */
  readonly source: string;
}

export interface LoadedResellers {
  readonly resellers: readonly LoadedReseller[];
  readonly problems: readonly Problem[];
}

/** The `reseller.json` and the templates of each of these folders of a profiles folder. Two folders of one billing id are an error. */
export async function loadResellers(
  folder: string,
  names: readonly string[],
  cwd: string,
): Promise<LoadedResellers> {
  const problems: Problem[] = [];
  const resellers: LoadedReseller[] = [];
  for (const reseller of names.toSorted()) {
    const place = path.join(folder, reseller).replaceAll(path.sep, '/');
    const file = `${place}/reseller.json`;
    const { templates, problems: ofTemplates } = await readResellerTemplates(place, cwd);
    problems.push(...ofTemplates);
    const words = templates.size === 0 ? {} : { templates: Object.fromEntries(templates) };
    if (!existsSync(path.resolve(cwd, file))) {
      if (templates.size > 0)
        resellers.push({ reseller, file, content: canonicalReseller(words), source: '' });
      continue;
    }
    const { reseller: valid, problems: ofFile } = await validateFile(file, cwd, { kind: 'reseller' });
    problems.push(...ofFile);
    if (!valid) continue;
    const content = canonicalReseller({ ...valid.content, ...words });
    resellers.push({ reseller, file, content, source: valid.source });
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
