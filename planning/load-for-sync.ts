import { loadAcknowledged, type Acknowledged } from '../authoring/acknowledged.js';
import { platformProblems, resellerFolders } from '../authoring/between-files.js';
import { defaultPolicy, loadPolicy } from '../authoring/load-policy.js';
import { loadProfiles } from '../authoring/load-profiles.js';
import { loadResellers, type LoadedReseller } from '../authoring/load-resellers.js';
import type { Policy } from '../authoring/policy-file.js';
import { canonicalContent } from '../domain/profile/profile-content.js';
import type { Problem } from '../domain/problem.js';
import { contentHash } from '../store/content-hash.js';
import type { ProfileToSync } from './sync.js';

/** A folder of profiles, read for a plan. */
export interface FolderForSync {
  /** As the user named it. */
  readonly folder: string;
  readonly files: readonly ProfileToSync[];
  /** Names of the folders in it. */
  readonly resellers: readonly string[];
  /** The settings of those that have a file. */
  readonly resellerFiles: readonly LoadedReseller[];
  readonly policy: Policy;
  /** Deletions that were reviewed, as `acknowledged.json` names them. */
  readonly acknowledged: Acknowledged;
  /** Where there is an error among them, nothing may be planned. */
  readonly problems: readonly Problem[];
}

/** All profiles and the policy of a folder. A folder that is missing or has no profile is an error, never "delete all". */
export async function loadForSync(folder: string, cwd: string): Promise<FolderForSync> {
  const resellers = await resellerFolders(folder, cwd);
  if (!resellers) {
    const message = `there is no folder "${folder}"; expected the folder with the profiles`;
    return nothing(folder, [problemOf(folder, 'missing-folder', message)]);
  }
  const { profiles, problems } = await loadProfiles(folder, cwd);
  const { policy, problems: policyProblems } = await loadPolicy(folder, cwd);
  const { resellers: resellerFiles, problems: resellerProblems } = await loadResellers(
    folder,
    resellers,
    cwd,
  );
  const { acknowledged, problems: acknowledgedProblems } = await loadAcknowledged(folder, cwd);
  const all = [
    ...problems,
    ...acknowledgedProblems,
    ...resellerProblems,
    ...platformProblems(profiles, resellerFiles),
    ...policyProblems,
  ];
  if (profiles.length === 0 && !all.some(({ severity }) => severity === 'error')) {
    const message =
      'there is no profile in this folder; expected one at least, as files <reseller>/<slug>.json';
    all.push(problemOf(folder, 'no-profiles', message));
  }
  return {
    folder,
    files: profiles.map(({ id, content, source }) => ({
      id,
      content: canonicalContent(content),
      hash: contentHash(content),
      source,
    })),
    resellers,
    resellerFiles,
    policy,
    acknowledged,
    problems: all,
  };
}

export function hasErrors({ problems }: FolderForSync): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** A problem of a folder, shown at its beginning. */
export function problemOf(file: string, code: string, message: string): Problem {
  return { file, line: 1, column: 1, severity: 'error', code, message };
}

function nothing(folder: string, problems: readonly Problem[]): FolderForSync {
  return {
    folder,
    files: [],
    resellers: [],
    resellerFiles: [],
    policy: defaultPolicy,
    acknowledged: new Map(),
    problems,
  };
}
