import { policyFindings } from './policy-rules.js';
import path from 'node:path';
import { getNodeValue } from 'jsonc-parser';
import { assertNever } from '../domain/assert-never.js';
import type { Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import type { ResellerFile } from '../domain/reseller/reseller-file.js';
import { readScenarios } from '../scenarios/read-scenarios.js';
import { acknowledgedFindings } from './acknowledged-rules.js';
import { besides, checkFile, sorted } from './checked-file.js';
import { kindByName } from './file-kind.js';
import { placeFindings, profileFindings, summaryOf } from './profile-rules.js';
import { resellerFindings } from './reseller-rules.js';
import { languagesOfTemplates } from './reseller-templates.js';
import { unknownWebhookFindings, unusedWebhookFindings } from './reseller-webhooks.js';
import type { FileKind } from './schema-files.js';

export interface ValidatedFile {
  /** As the user named it. */
  readonly file: string;
  readonly kind: FileKind;
  /** By place. */
  readonly problems: readonly Problem[];
  /** Of a profile without an error. */
  readonly profile?: { readonly content: ProfileFile; readonly source: string };
  /** Of a reseller's settings without an error. */
  readonly reseller?: { readonly content: ResellerFile; readonly source: string };
}

export interface ValidateFileOptions {
  /** Also says what a valid profile does. */
  readonly info?: boolean;
  /** Where the file's place says it; else its name does. */
  readonly kind?: FileKind;
  /** What the file would hold, such as an editor's text; else it is read. */
  readonly unsaved?: string;
}

/** Every problem of one file. Never throws for what a file holds. */
export async function validateFile(
  file: string,
  cwd: string,
  { info = false, kind = kindByName(file), unsaved }: ValidateFileOptions = {},
): Promise<ValidatedFile> {
  switch (kind) {
    case 'profile':
      return await validProfile(file, cwd, info, unsaved);
    case 'scenarios': {
      const { scenarios, problems } = await readScenarios(file, cwd, unsaved);
      return {
        file,
        kind,
        problems: sorted([...problems, ...scenarios.flatMap((scenario) => scenario.problems)]),
      };
    }
    case 'reseller':
      return await validReseller(file, cwd, unsaved);
    case 'policy':
    case 'acknowledged': {
      const checked = await checkFile(file, cwd, kind, unsaved);
      if (!('root' in checked)) return { file, kind, problems: checked.problems };
      const own =
        kind === 'acknowledged'
          ? acknowledgedFindings(checked.root, path.resolve(cwd, file))
          : policyFindings(checked.root);
      return { file, kind, problems: sorted([...checked.bySchema, ...own.map(checked.problemOf)]) };
    }
    default:
      return assertNever(kind);
  }
}

async function validReseller(file: string, cwd: string, unsaved: string | undefined): Promise<ValidatedFile> {
  const kind = 'reseller';
  const checked = await checkFile(file, cwd, kind, unsaved);
  if (!('root' in checked)) return { file, kind, problems: checked.problems };
  const { root, text, bySchema, problemOf } = checked;
  const { languagesIn, ownTemplates } = await import('../delivery/email/template-files.js');
  const absolute = path.resolve(cwd, file);
  const languages = [...languagesIn(ownTemplates), ...languagesOfTemplates(path.dirname(absolute), cwd)];
  const own = [
    ...resellerFindings(root, { languages: [...new Set(languages)].sort() }),
    ...unusedWebhookFindings(root, absolute),
  ];
  const problems = sorted([...bySchema, ...besides(bySchema, own.map(problemOf))]);
  if (problems.some(({ severity }) => severity === 'error')) return { file, kind, problems };
  return { file, kind, problems, reseller: { content: getNodeValue(root) as ResellerFile, source: text } };
}

async function validProfile(
  file: string,
  cwd: string,
  info: boolean,
  unsaved: string | undefined,
): Promise<ValidatedFile> {
  const kind = 'profile';
  const checked = await checkFile(file, cwd, kind, unsaved);
  if (!('root' in checked)) return { file, kind, problems: checked.problems };
  const { root, text, bySchema, problemOf } = checked;
  const own = [
    ...placeFindings(root, path.resolve(cwd, file)),
    ...profileFindings(root, text),
    ...unknownWebhookFindings(root, path.resolve(cwd, file)),
  ];
  const problems = sorted([...bySchema, ...besides(bySchema, own.map(problemOf))]);
  if (problems.some(({ severity }) => severity === 'error')) return { file, kind, problems };
  const summary = info ? summaryOf(root) : undefined;
  return {
    file,
    kind,
    problems: summary ? sorted([...problems, problemOf(summary)]) : problems,
    profile: { content: getNodeValue(root) as ProfileFile, source: text },
  };
}
