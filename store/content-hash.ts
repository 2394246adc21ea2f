import { createHash } from 'node:crypto';
import { canonicalContent, essentialContent } from '../domain/profile/profile-content.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';

/** Identifies what a profile says, whichever version of the service wrote it down: SHA-256 in hex. */
export function contentHash(content: ProfileFile): string {
  return sha256(JSON.stringify(essentialContent(content)));
}

/** The canonical JSON of a profile, as MySQL holds it. */
export function contentText(content: ProfileFile): string {
  return JSON.stringify(canonicalContent(content));
}

/** SHA-256 in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
