import type { DataSource } from 'typeorm';
import type { Problem } from '../domain/problem.js';
import { gitFacts, type GitPlace } from './git-facts.js';
import { loadForSync } from './load-for-sync.js';
import { makePlan, writesNothing, type Plan } from './make-plan.js';
import type { Need } from './needs.js';
import { applyPlan } from './sync.js';

export interface SyncProfilesOptions extends GitPlace {
  readonly database: DataSource;
  readonly billing: DataSource;
  /** The folder with the profiles, relative to `cwd`. */
  readonly folder: string;
}

/** What became of the profiles of a folder. `refused`: a person must look at the plan first. */
export type SyncProfilesResult =
  | { readonly kind: 'synced' | 'unchanged' }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly plan: Plan };

const lockWaitMs = 30_000;

/** Brings the profiles of a folder into MySQL where nobody has to be asked, as for a local stack. */
export async function syncProfiles(options: SyncProfilesOptions): Promise<SyncProfilesResult> {
  const { database, billing, cwd } = options;
  const folder = await loadForSync(options.folder, cwd);
  const now = Date.now();
  const result = await makePlan({ database, billing, folder, now });
  if (result.kind === 'invalid') return { kind: 'invalid', problems: result.problems };
  const { plan } = result;
  if (writesNothing(plan)) return { kind: 'unchanged' };
  if (plan.needs.some(asksSomebody)) return { kind: 'refused', plan };
  const { author, sourceCommit } = await gitFacts(options.folder, options);
  const { files, resellerFiles, policy } = folder;
  await applyPlan(database, {
    files,
    resellerFiles,
    policy,
    expectedHash: plan.hash,
    author,
    sourceCommit,
    now,
    lockWaitMs,
  });
  return { kind: 'synced' };
}

/** A profile that no client has may go. */
function asksSomebody(need: Need): boolean {
  return need.kind !== 'acknowledgement' || need.clients > 0;
}
