import type { HeldProfile, WrittenProfile } from '../../planning/plan.js';
import { canonicalContent } from '../../domain/profile/profile-content.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { contentHash } from '../../store/content-hash.js';

/** A profile's content with the defaults filled in. */
export function aContent(changes: Partial<ProfileFile> = {}): ProfileFile {
  return canonicalContent({
    name: 'Prepaid',
    reseller: 'acme',
    currency: 'USD',
    sortOrder: 10,
    maxQty: 3,
    period: '24h',
    clientNotification: { threshold: 50 },
    ...changes,
  });
}

export function aFile(id: string, changes: Partial<ProfileFile> = {}): WrittenProfile {
  const content = aContent(changes);
  return { id, content, hash: contentHash(content) };
}

/** A row as a sync left it; `edited` is what somebody made of it afterwards. */
export function aRow(
  id: string,
  changes: Partial<ProfileFile> = {},
  edited?: Partial<ProfileFile>,
): HeldProfile {
  const applied = aFile(id, changes);
  const now = edited ? aFile(id, edited) : applied;
  return {
    id,
    content: now.content,
    hash: now.hash,
    edited: now.hash !== applied.hash,
    version: 1,
  };
}
