import { existsSync } from 'node:fs';
import path from 'node:path';
import { getNodeValue } from 'jsonc-parser';
import { defaultBrakePolicy } from '../domain/brake.js';
import type { Problem } from '../domain/problem.js';
import { checkFile, checkText, type CheckedFile, type UnreadFile } from './checked-file.js';
import type { Policy, PolicyFile } from './policy-file.js';

/** What holds where `policy.json` is missing or says nothing. */
export const defaultPolicy: Policy = {
  maxDeletedPercentPerReseller: 50,
  maxUpdatedPercent: 100,
  maxNewlyTold: 500,
  maxMovedClients: 500,
  maxNoticesPerDay: 5_000,
  maxChangedProfiles: 10_000,
  maxToldPerHour: defaultBrakePolicy,
};

export interface LoadedPolicy {
  readonly policy: Policy;
  readonly problems: readonly Problem[];
}

/** Reads `policy.json` of the profiles folder. A missing file is the defaults; a wrong one is problems, and never a looser guard. */
export async function loadPolicy(folder: string, cwd: string): Promise<LoadedPolicy> {
  const file = path.join(folder, 'policy.json').replaceAll(path.sep, '/');
  if (!existsSync(path.resolve(cwd, file))) return { policy: defaultPolicy, problems: [] };
  return policyOf(await checkFile(file, cwd, 'policy'));
}

/** `file` is how problems name it. */
export async function parsePolicy(text: string, file: string): Promise<LoadedPolicy> {
  return policyOf(await checkText(file, text, 'policy'));
}

function policyOf(checked: CheckedFile | UnreadFile): LoadedPolicy {
  if (!('root' in checked)) return { policy: defaultPolicy, problems: checked.problems };
  const { bySchema: problems, root } = checked;
  if (problems.length > 0) return { policy: defaultPolicy, problems };
  const { $schema: _, maxToldPerHour, ...limits } = getNodeValue(root) as PolicyFile;
  return {
    policy: {
      ...defaultPolicy,
      ...limits,
      maxToldPerHour: { ...defaultBrakePolicy, ...maxToldPerHour },
    },
    problems,
  };
}
