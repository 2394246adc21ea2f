import { essentialContent, fieldsOf } from '../domain/profile/profile-content.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import type { ProfileChange } from './profile-change.js';

type Gone = Extract<ProfileChange, { action: 'delete' }>;
type Come = Extract<ProfileChange, { action: 'create' }>;

/** How much of two profiles must be the same for one to be the other, renamed and edited. */
const leastAlike = 0.6;

/**
 * A profile that went and one that came are one that was renamed, where they have the same reseller and currency and most of
 * their fields are the same. The most alike are paired first, each once; also across resellers where nothing differs.
 */
export function pairRenames(changes: readonly ProfileChange[]): readonly ProfileChange[] {
  const gone = changes.filter((change): change is Gone => change.action === 'delete');
  const come = changes.filter((change): change is Come => change.action === 'create');
  const candidates = come
    .flatMap((to) => gone.map((from) => ({ from, to, alike: likeness(from.before, to.after) })))
    .filter(({ alike }) => alike >= leastAlike)
    .sort(
      (a, b) =>
        b.alike - a.alike || order(a.to.profile, b.to.profile) || order(a.from.profile, b.from.profile),
    );
  const pairs = new Map<ProfileChange, Gone>();
  const taken = new Set<Gone>();
  for (const { from, to } of candidates) {
    if (pairs.has(to) || taken.has(from)) continue;
    pairs.set(to, from);
    taken.add(from);
  }
  return changes.flatMap((change): readonly ProfileChange[] => {
    if (change.action === 'delete') return taken.has(change) ? [] : [change];
    const from = pairs.get(change);
    if (change.action !== 'create' || !from) return [change];
    return [
      {
        action: 'rename',
        profile: change.profile,
        renamedFrom: from.profile,
        before: from.before,
        after: change.after,
      },
    ];
  });
}

/** The share of fields that say the same, 0 to 1; 0 for profiles of two resellers or currencies. */
function likeness(before: ProfileFile, after: ProfileFile): number {
  if (JSON.stringify(before) === JSON.stringify(after)) return 1;
  if (before.reseller !== after.reseller || before.currency !== after.currency) return 0;
  const [from, to] = [saidBy(before), saidBy(after)];
  const paths = new Set([...from.keys(), ...to.keys()]);
  const same = [...paths].filter((path) => JSON.stringify(from.get(path)) === JSON.stringify(to.get(path)));
  return same.length / paths.size;
}

/** Without defaults: what neither of two profiles says makes them no more alike. */
function saidBy(content: ProfileFile): ReturnType<typeof fieldsOf> {
  return fieldsOf(essentialContent(content) as ProfileFile);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
