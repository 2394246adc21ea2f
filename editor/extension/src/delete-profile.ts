import { applyEdits, modify } from 'jsonc-parser';
import { commands, Uri, window, workspace, type ExtensionContext } from 'vscode';
import { counted, type ProfilesView } from './profiles-view';
import { profileFile, profileOf, type Service } from './service';

const remove = 'Delete';
const acknowledge = 'Delete and Acknowledge';

/** Deletes a profile and its scenarios, after a confirmation that says how many clients lose it. */
export function registerDeleteProfile(context: ExtensionContext, service: Service, view: ProfilesView): void {
  context.subscriptions.push(
    commands.registerCommand('lowBalance.deleteProfile', async (argument: unknown) => {
      const id = profileOf(argument);
      if (id === undefined) return;
      const listed = view.profiles.find((each) => each.id === id);
      const clients = listed?.clients;
      const answer = await window.showWarningMessage(
        `Delete ${listed?.name ?? id} (${id})?`,
        { modal: true, detail: lossText(clients) },
        remove,
        // How many are acknowledged must be known.
        ...(clients === undefined ? [] : [acknowledge]),
      );
      if (answer === undefined) return;
      const file = profileFile(service, id);
      const scenarios = file.with({ path: file.path.replace(/\.json$/, '.test.json') });
      await removeFile(file);
      await removeFile(scenarios).catch(() => undefined);
      if (answer === acknowledge) await writeAcknowledgement(service, id, clients ?? 0);
      await view.refresh();
    }),
  );
}

/** Into the trash where there is one: a server has none, and Git has the file. */
async function removeFile(file: Uri): Promise<void> {
  try {
    await workspace.fs.delete(file, { useTrash: true });
  } catch {
    await workspace.fs.delete(file);
  }
}

function lossText(clients: number | undefined): string {
  if (clients === undefined)
    return 'How many clients lose it is not known: MySQL is not reachable. The plan of the pull request says it.';
  if (clients === 0) return 'No client has it.';
  return `${counted(clients, 'client')} will have no profile and be notified no more. Acknowledged in profiles/acknowledged.json, the deletion is synced by its merge.`;
}

async function writeAcknowledgement({ root }: Service, id: string, clients: number): Promise<void> {
  const file = Uri.joinPath(root, 'profiles', 'acknowledged.json');
  const text = await workspace.fs.readFile(file).then(
    (bytes) => Buffer.from(bytes).toString('utf8'),
    () => '{\n  "$schema": "../schemas/acknowledged.schema.json",\n  "deletions": {}\n}\n',
  );
  const formattingOptions = { tabSize: 2, insertSpaces: true };
  const edited = applyEdits(text, modify(text, ['deletions', id], clients, { formattingOptions }));
  await workspace.fs.writeFile(file, Buffer.from(edited));
  await window.showTextDocument(file);
}
