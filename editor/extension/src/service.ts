import { Uri, window } from 'vscode';
import { requests, type VerbAnswer, type VerbRequest } from '../../server/protocol';

/** The installed package, as the extension uses it. */
export interface Service {
  /** The folder that the package is installed in. */
  readonly root: Uri;
  request<T>(method: string, parameters?: unknown): Promise<T>;
}

export async function runVerb(service: Service, ...words: readonly string[]): Promise<VerbAnswer> {
  return await service.request<VerbAnswer>(requests.verb, { words } satisfies VerbRequest);
}

/** The output of a verb; undefined where it failed, which the user has then been shown. */
export async function outputOf(service: Service, ...words: readonly string[]): Promise<string | undefined> {
  const { code, out, err } = await runVerb(service, ...words);
  if (code === 0) return out;
  void window.showErrorMessage(
    err.replace(/^error: /m, '').trim() || `low-balance ${words[0]} ended with ${code}`,
  );
  return undefined;
}

export function profileFile({ root }: Service, id: string): Uri {
  return Uri.joinPath(root, 'profiles', `${id}.json`);
}

/** `<reseller>/<slug>` of the item, the argument of a lens, or the file in the editor. */
export function profileOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument === 'object' && argument !== null && 'profileId' in argument)
    return String(argument.profileId);
  return idOfFile(window.activeTextEditor?.document.uri);
}

/** Of a profile, and `<reseller>/reseller` of a reseller's settings, which have revisions as well. */
export function idOfFile(uri: Uri | undefined): string | undefined {
  const [, reseller, slug] = /\/profiles\/([^/]+)\/([^/]+)\.json$/.exec(uri?.path ?? '') ?? [];
  return reseller && slug && !slug.endsWith('.test') ? `${reseller}/${slug}` : undefined;
}

export function isProfile(id: string | undefined): boolean {
  return id !== undefined && !id.endsWith('/reseller');
}
