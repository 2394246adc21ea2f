import { commands, window, workspace, type ExtensionContext } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { registerCompare } from './compare';
import { registerDeleteProfile } from './delete-profile';
import { registerExplain } from './explain';
import { installedPackage } from './installed-package';
import { keepLanguage, languageId } from './language';
import { registerNewProfile } from './new-profile';
import { registerPreview } from './preview';
import { createProfilesView } from './profiles-view';
import { registerResellerSettings } from './reseller-settings';
import { registerScenarios } from './scenario-tests';
import type { Service } from './service';

/** Nothing that lies in the folder is run before the folder is trusted. */
export async function activate(context: ExtensionContext): Promise<void> {
  const view = createProfilesView(context);
  if (!workspace.isTrusted) {
    context.subscriptions.push(workspace.onDidGrantWorkspaceTrust(() => start(context, view)));
    return;
  }
  await start(context, view);
}

async function start(context: ExtensionContext, view: ReturnType<typeof createProfilesView>): Promise<void> {
  const installed = installedPackage();
  await commands.executeCommand('setContext', 'lowBalance.state', installed ? 'ready' : 'noPackage');
  if (!installed) return;
  const { root, program } = installed;
  const server = {
    command: process.execPath,
    args: [program, 'language-server'],
    transport: TransportKind.stdio,
    // The desktop's own Node.
    options: { cwd: root.fsPath, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } }, // oxlint-disable-line node/no-process-env -- handed on
  };
  const client = new LanguageClient('lowBalance', 'Low Balance Profiles', server, {
    documentSelector: [{ scheme: 'file', language: languageId }],
    // Also what Git or another program writes.
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/profiles/**/*.json') },
    outputChannel: window.createOutputChannel('Low Balance Profiles'),
  });
  context.subscriptions.push({ dispose: () => void client.stop() });
  await client.start();
  const service: Service = { root, request: (method, parameters) => client.sendRequest(method, parameters) };
  view.serve(service);
  keepLanguage(context, root);
  registerNewProfile(context, service, view);
  registerDeleteProfile(context, service, view);
  registerPreview(context, service);
  registerCompare(context, service);
  registerExplain(context, service);
  registerResellerSettings(context, service);
  registerScenarios(context, service);
}
