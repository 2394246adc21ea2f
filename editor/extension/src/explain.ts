import { commands, EventEmitter, Uri, ViewColumn, window, workspace, type ExtensionContext } from 'vscode';
import { outputOf, profileOf, type Service } from './service';

const scheme = 'low-balance-explain';

/** Why a client would or would not be notified now, beside the file. */
export function registerExplain(context: ExtensionContext, service: Service): void {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  let lastClient = '';
  context.subscriptions.push(
    changed,
    workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
    }),
    commands.registerCommand('lowBalance.explain', async (argument: unknown) => {
      const id = profileOf(argument);
      if (id === undefined) return;
      const client = await window.showInputBox({
        title: `Explain ${id}`,
        prompt: 'Client: its id in the billing data',
        value: lastClient,
      });
      if (!client) return;
      lastClient = client;
      const text = await outputOf(service, 'explain', id, client);
      if (text === undefined) return;
      const uri = Uri.from({ scheme, path: `/${id.replace('/', ' ')} for ${client.replaceAll('/', ' ')}` });
      texts.set(uri.path, text);
      changed.fire(uri);
      await window.showTextDocument(uri, {
        viewColumn: ViewColumn.Beside,
        preserveFocus: true,
        preview: true,
      });
    }),
  );
}
