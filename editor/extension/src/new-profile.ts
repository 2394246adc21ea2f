import { commands, window, type ExtensionContext } from 'vscode';
import type { ProfilesView } from './profiles-view';
import { outputOf, profileFile, type Service } from './service';

/** Asks for the fields one after another; Escape ends it and writes nothing. */
export function registerNewProfile(context: ExtensionContext, service: Service, view: ProfilesView): void {
  context.subscriptions.push(
    commands.registerCommand('lowBalance.newProfile', async () => {
      const words = await askForProfile(view);
      if (!words || (await outputOf(service, 'new', ...words)) === undefined) return;
      await view.refresh();
      await window.showTextDocument(profileFile(service, words[0]!));
    }),
  );
}

async function askForProfile(view: ProfilesView): Promise<readonly string[] | undefined> {
  const title = 'New Profile';
  const ask = (prompt: string, value: string, isValid: (text: string) => boolean, expected: string) =>
    window.showInputBox({
      title,
      prompt,
      value,
      ignoreFocusOut: true,
      validateInput: (text) => (isValid(text) ? undefined : `expected ${expected}`),
    });
  const isName = (text: string) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
  const isAmount = (text: string) => text === '' || Number.isFinite(Number(text));
  const resellers = [...new Set(view.profiles.map(({ id }) => id.split('/', 1)[0]!))].sort();
  const another = 'Another reseller…';
  const picked = await window.showQuickPick([...resellers, another], { title, placeHolder: 'Reseller' });
  const reseller =
    picked === another
      ? await ask('Reseller: its id in the billing system', '', isName, 'letters, digits, ".", "_" and "-"')
      : picked;
  if (!reseller) return undefined;
  const isFree = (slug: string) => !view.profiles.some(({ id }) => id === `${reseller}/${slug}`);
  const answers: string[] = [];
  const questions: readonly Parameters<typeof ask>[] = [
    [
      'File name, without .json',
      'prepaid-usd',
      (text) => isName(text) && isFree(text),
      'a name that is free',
    ],
    ['Name, shown in lists and mails', '', (text) => text.trim() !== '', 'a name'],
    ['Currency of the thresholds', 'USD', (text) => /^[A-Z]{3}$/.test(text), 'an ISO 4217 code such as USD'],
    ['Period: how often a client is checked', '24h', (text) => /^(\d+[smhdw])+$/.test(text), 'such as 24h'],
    ['Max Qty: notices per rule until a refill', '3', (text) => /^[1-9]\d{0,3}$/.test(text), '1 to 1000'],
    ['Threshold for the staff; empty: they are not notified', '100', isAmount, 'an amount'],
    ['Threshold for the client; empty: it is not notified', '50', isAmount, 'an amount'],
  ];
  for (const question of questions) {
    const answer = await ask(...question);
    if (answer === undefined) return undefined;
    answers.push(answer.trim());
  }
  const [slug, name, currency, period, maxQty, staff, client] = answers;
  return [
    `${reseller}/${slug}`,
    `--name=${name}`,
    `--currency=${currency}`,
    `--period=${period}`,
    `--max-qty=${maxQty}`,
    ...(staff ? [`--staff-threshold=${staff}`] : []),
    ...(client ? [`--client-threshold=${client}`] : []),
  ];
}
