import path from 'node:path';
import {
  commands,
  languages,
  window,
  workspace,
  type ExtensionContext,
  type TextDocument,
  type Uri,
} from 'vscode';
import { idOfFile, isProfile } from './service';

export const languageId = 'low-balance';

/**
 * Gives the files of profiles a language of their own while the package checks them. As plain JSON the editor's own checks
 * would show each problem once more, and with another severity than CI.
 */
export function keepLanguage(context: ExtensionContext, root: Uri): void {
  const adopt = (document: TextDocument) => {
    if (isOurs(document, root) && document.languageId !== languageId)
      void languages.setTextDocumentLanguage(document, languageId);
  };
  for (const document of workspace.textDocuments) adopt(document);
  const showContext = async () => {
    const id = idOfFile(window.activeTextEditor?.document.uri);
    await commands.executeCommand('setContext', 'lowBalance.isProfile', isProfile(id));
    await commands.executeCommand('setContext', 'lowBalance.hasRevisions', id !== undefined);
  };
  context.subscriptions.push(
    workspace.onDidOpenTextDocument(adopt),
    window.onDidChangeActiveTextEditor(showContext),
  );
  void showContext();
}

function isOurs({ uri }: TextDocument, root: Uri): boolean {
  if (uri.scheme !== 'file') return false;
  const inside = path.relative(path.join(root.fsPath, 'profiles'), uri.fsPath).split(path.sep);
  return inside[0] !== '..' && inside.length <= 2 && uri.fsPath.endsWith('.json');
}
