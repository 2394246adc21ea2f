import { commands, ViewColumn, window, workspace, type ExtensionContext, type WebviewPanel } from 'vscode';
import { requests } from '../../server/protocol';
import { previewPage, type Mail } from './preview-page';
import { idOfFile, profileOf, runVerb, type Service } from './service';

/** What the page asks for. */
interface Wish {
  readonly audience?: string;
  readonly language?: string;
}

/** The mails of a profile beside its file, as it is saved; one panel, which follows the profile asked for last. */
export function registerPreview(context: ExtensionContext, service: Service): void {
  let panel: WebviewPanel | undefined;
  let shown: { id: string; audience: string; language: string } | undefined;
  const render = async () => {
    if (!panel || !shown) return;
    const { id, audience, language } = shown;
    const languages = await service.request<readonly string[]>(requests.languages);
    const { code, out, err } = await runVerb(
      service,
      'preview',
      id,
      '--format',
      'json',
      '--language',
      language,
    );
    const mails = code === 0 ? (JSON.parse(out) as Mail[]) : [];
    panel.title = `Mails: ${id}`;
    panel.webview.html = previewPage({
      id,
      mails,
      audience,
      language,
      languages,
      problem: code === 0 ? '' : err,
    });
  };
  const open = () => {
    const made = window.createWebviewPanel(
      'lowBalance.preview',
      'Mails',
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [] },
    );
    made.webview.onDidReceiveMessage((wish: Wish) => {
      if (shown) shown = { ...shown, ...wish };
      void render();
    });
    made.onDidDispose(() => (panel = undefined));
    return made;
  };
  context.subscriptions.push(
    commands.registerCommand('lowBalance.preview', async (argument: unknown) => {
      const id = profileOf(argument);
      if (id === undefined) return;
      shown = { audience: 'client', language: 'en', ...shown, id };
      panel ??= open();
      panel.reveal(undefined, true);
      await render();
    }),
    // Also what its reseller's settings say is in the mail.
    workspace.onDidSaveTextDocument(({ uri }) => {
      if (shown && [shown.id, settingsOf(shown.id)].includes(idOfFile(uri) ?? '')) void render();
    }),
    { dispose: () => panel?.dispose() },
  );
}

function settingsOf(profile: string): string {
  return `${profile.split('/', 1)[0]}/reseller`;
}
