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

/** The checkout's commit, where `newer` descends from it: then what `newer` brought is missing in the files. */
export async function olderCommit(
  folder: string,
  newer: string,
  place: GitPlace,
): Promise<string | undefined> {
  const cwd = path.resolve(place.cwd, folder);
  const head = await git(cwd, 'rev-parse', '--verify', 'HEAD');
  if (head === undefined || head === newer) return undefined;
  return (await git(cwd, 'merge-base', '--is-ancestor', head, newer)) === undefined ? undefined : head;
}

async function git(cwd: string, ...args: readonly string[]): Promise<string | undefined> {
  const { failed, stdout } = await execa('git', args, { cwd, reject: false, timeout: 10_000 });
  return failed ? undefined : stdout.trim();
}
