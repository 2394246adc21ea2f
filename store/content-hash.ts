import { createHash } from 'node:crypto';
import { canonicalContent } from '../domain/profile/profile-content.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';

/** Identifies what a profile says: SHA-256, in hex, of its canonical JSON. */
export function contentHash(content: ProfileFile): string {
  return sha256(contentText(content));
}

/** The canonical JSON of a profile, as MySQL holds it. */
export function contentText(content: ProfileFile): string {
  return JSON.stringify(canonicalContent(content));
}

/** SHA-256 in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
