import { commands, Uri, window, workspace, type ExtensionContext } from 'vscode';
import type { Service } from './service';

const create = 'Create';

/** Opens a reseller's own settings: sender, brand, language, webhooks. Where there are none it offers an empty file. */
export function registerResellerSettings(context: ExtensionContext, { root }: Service): void {
  context.subscriptions.push(
    commands.registerCommand('lowBalance.openReseller', async (item: unknown) => {
      if (typeof item !== 'object' || item === null || !('reseller' in item)) return;
      const reseller = String(item.reseller);
      const file = Uri.joinPath(root, 'profiles', reseller, 'reseller.json');
      const isThere = await workspace.fs.stat(file).then(
        () => true,
        () => false,
      );
      if (!isThere) {
        const question = `${reseller} has no settings of its own. Create reseller.json?`;
        if ((await window.showInformationMessage(question, create)) !== create) return;
        const text = '{\n  "$schema": "../../schemas/reseller.schema.json"\n}\n';
        await workspace.fs.writeFile(file, Buffer.from(text));
      }
      await window.showTextDocument(file);
    }),
  );
}
