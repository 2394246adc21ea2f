import { commands, Uri, window, workspace, type ExtensionContext } from 'vscode';
import { outputOf, profileFile, profileOf, type Service } from './service';

/** A revision as `history --format json` has it. */
interface Revision {
  readonly revision: string;
  readonly action: string;
  readonly version: number;
  readonly at: string;
  readonly author: string | null;
  readonly sourceCommit: string | null;
  readonly fields: readonly { readonly path: string }[];
  readonly source: string | null;
}

const scheme = 'low-balance-revision';

/** The file beside what MySQL holds of it, and beside any revision. */
export function registerCompare(context: ExtensionContext, service: Service): void {
  const texts = new Map<string, string>();
  const compare = async (id: string, revision: Revision, title: string) => {
    const name = id.split('/').at(-1);
    const uri = Uri.from({ scheme, path: `/${revision.revision}/${name}.json` });
    texts.set(uri.path, revision.source ?? '');
    await commands.executeCommand('vscode.diff', uri, profileFile(service, id), `${name}: ${title} ↔ file`);
  };
  const revisionsOf = async (id: string) => {
    const out = await outputOf(service, 'history', id, '--format', 'json');
    return out === undefined ? [] : (JSON.parse(out) as { revisions: Revision[] }).revisions;
  };
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
    }),
    commands.registerCommand('lowBalance.compareWithMySql', async (argument: unknown) => {
      const id = profileOf(argument);
      const [last] = id === undefined ? [] : await revisionsOf(id);
      if (id !== undefined && last) await compare(id, last, 'MySQL');
    }),
    commands.registerCommand('lowBalance.history', async (argument: unknown) => {
      const id = profileOf(argument);
      const revisions = id === undefined ? [] : await revisionsOf(id);
      if (id === undefined || revisions.length === 0) return;
      const picked = await window.showQuickPick(
        revisions.map((revision) => ({
          label: `$(git-commit) version ${revision.version}: ${revision.action}`,
          description: `${revision.at.slice(0, 16).replace('T', ' ')} UTC, ${revision.author ?? 'unknown'}`,
          detail: revision.fields.map(({ path }) => path).join(', '),
          revision,
        })),
        { title: `History of ${id}`, placeHolder: 'Compare the file with…', matchOnDescription: true },
      );
      if (picked) await compare(id, picked.revision, `version ${picked.revision.version}`);
    }),
  );
}
