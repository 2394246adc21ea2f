import type { ProfileFile } from '../domain/profile/profile-file.js';

/** What a sync does to one profile. */
export type ProfileChange =
  | { readonly action: 'create'; readonly profile: string; readonly after: ProfileFile }
  | {
      readonly action: 'update';
      readonly profile: string;
      readonly before: ProfileFile | undefined;
      readonly after: ProfileFile;
    }
  | { readonly action: 'delete'; readonly profile: string; readonly before: ProfileFile }
  | {
      readonly action: 'rename';
      readonly profile: string;
      readonly renamedFrom: string;
      readonly before: ProfileFile;
      readonly after: ProfileFile;
    };
