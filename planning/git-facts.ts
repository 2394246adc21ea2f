import { existsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';

/** Where a folder's files come from; null where Git does not say. */
export interface GitFacts {
  /** The commit, with `-dirty` where the folder holds what is not committed. */
  readonly sourceCommit: string | null;
  /** Who runs the sync: GitHub's actor, else the author of the commit, else Git's user for what is not committed. */
  readonly author: string | null;
}

/** Where Git is asked, and what CI says of who runs it. */
export interface GitPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Asks Git about a folder of a checkout. */
export async function gitFacts(folder: string, place: GitPlace): Promise<GitFacts> {
  const cwd = path.resolve(place.cwd, folder);
  const commit = await git(cwd, 'rev-parse', '--verify', 'HEAD');
  const dirty = commit !== undefined && (await git(cwd, 'status', '--porcelain', '--', '.')) !== '';
  const actor = place.env['GITHUB_ACTOR']?.trim();
  const author =
    actor ||
    (commit !== undefined && !dirty
      ? await git(cwd, 'log', '-1', '--format=%an <%ae>')
      : await git(cwd, 'config', 'user.name'));
  return {
    sourceCommit: commit === undefined ? null : `${commit}${dirty ? '-dirty' : ''}`,
    author: author ? author.slice(0, 255) : null,
  };
}

/** Whether Git holds this file just as it is. False outside of a checkout. */
export async function isCommitted(file: string): Promise<boolean> {
  const folder = path.dirname(file);
  const tracked = await git(folder, 'ls-files', '--error-unmatch', '--', file);
  return tracked !== undefined && (await git(folder, 'status', '--porcelain', '--', file)) === '';
}

/** How a checkout stands to the commit that was synced last. */
export type Standing =
  /** It holds what was synced, or nothing is known against it. */
  | { readonly kind: 'current' }
  /** Nobody can say: in a shallow clone without the synced commit, and where Git does not answer. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** The synced commit descends from it: it lacks what was merged since. */
  | { readonly kind: 'older'; readonly commit: string; readonly synced: string }
  /** A sibling of the synced commit, which is on the default branch: it lacks what was merged there. */
  | { readonly kind: 'sibling'; readonly commit: string; readonly synced: string; readonly branch: string };

/**
 * A sibling whose counterpart was never merged is current: the default branch must not be stopped by what somebody synced
 * from a branch of their own, or from a history that was rewritten since.
 */
export async function standingOf(folder: string, synced: string | null, place: GitPlace): Promise<Standing> {
  const cwd = path.resolve(place.cwd, folder);
  const commit = await git(cwd, 'rev-parse', '--verify', 'HEAD');
  if (commit === undefined) {
    const why = await silenceOf(cwd);
    return why === undefined ? { kind: 'current' } : { kind: 'unknown', why };
  }
  if (synced === null || commit === synced) return { kind: 'current' };
  if ((await git(cwd, 'cat-file', '-e', `${synced}^{commit}`)) === undefined) {
    if ((await git(cwd, 'rev-parse', '--is-shallow-repository')) !== 'true') return { kind: 'current' };
    const why = `this clone is shallow and lacks ${synced.slice(0, 12)}, which was synced last; expected one with all commits (GitHub: fetch-depth: 0, GitLab: GIT_DEPTH: 0)`;
    return { kind: 'unknown', why };
  }
  if (await isAncestor(cwd, synced, commit)) return { kind: 'current' };
  if (await isAncestor(cwd, commit, synced)) return { kind: 'older', commit, synced };
  for (const branch of await defaultBranches(cwd, place))
    if (await isAncestor(cwd, synced, branch)) return { kind: 'sibling', commit, synced, branch };
  return { kind: 'current' };
}

/** Why Git says nothing of what lies in a checkout, as where another user owns it; undefined outside of one, and before its first commit. */
async function silenceOf(cwd: string): Promise<string | undefined> {
  if (!isInCheckout(cwd)) return undefined;
  const answer = await execa('git', ['rev-parse', '--git-dir'], { cwd, reject: false, timeout: 10_000 });
  if (!answer.failed) return undefined;
  return answer.code === 'ENOENT' ? 'git is not installed' : (answer.stderr ?? '').split('\n', 1)[0];
}

function isInCheckout(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return true;
    if (at === path.dirname(at)) return false;
  }
}

async function isAncestor(cwd: string, commit: string, of: string): Promise<boolean> {
  return (await git(cwd, 'merge-base', '--is-ancestor', commit, of)) !== undefined;
}

/** The default branch, at the remote and here: as the clone noted it, as CI says, or by its usual names. */
async function defaultBranches(cwd: string, { env }: GitPlace): Promise<readonly string[]> {
  const noted = await git(cwd, 'symbolic-ref', '--short', 'refs/remotes/origin/HEAD');
  const name = noted?.replace(/^origin\//, '') ?? env['CI_DEFAULT_BRANCH']?.trim();
  const names = name ? [name] : ['main', 'master'];
  return names.flatMap((each) => [`refs/remotes/origin/${each}`, `refs/heads/${each}`]);
}

async function git(cwd: string, ...args: readonly string[]): Promise<string | undefined> {
  const { failed, stdout } = await execa('git', args, { cwd, reject: false, timeout: 10_000 });
  return failed ? undefined : stdout.trim();
}
