import { existsSync } from 'node:fs';
import type { CodeLens } from 'vscode-languageserver/node.js';

/** What is known of a profile's clients. Absent where MySQL is not reachable. */
export interface ClientFacts {
  readonly clients: number;
  readonly low: number;
  /** What the file as it was saved would change, where it is not what MySQL holds. */
  readonly impact?: {
    readonly assigned: number;
    readonly toldNow: number;
    readonly newlyTold: number;
  };
}

/** The line above a profile: its clients, its mails, its scenarios, its history. `id` is `<reseller>/<slug>`. */
export function codeLenses(
  id: string,
  scenarioFile: string,
  scenarioCount: number | undefined,
  facts: ClientFacts | undefined,
): readonly CodeLens[] {
  const lens = (title: string, command: string, ...args: readonly unknown[]): CodeLens => ({
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    command: { title, command, arguments: [...args] },
  });
  return [
    ...(facts ? [lens(clientsText(facts), 'lowBalance.explain', id)] : []),
    lens('mail', 'lowBalance.preview', id),
    lens(scenariosText(scenarioCount), 'lowBalance.openScenarios', scenarioFile, existsSync(scenarioFile)),
    ...(facts ? [lens('history', 'lowBalance.history', id)] : []),
  ];
}

/** `312 clients · 37 notified at the next check (+28)`, or `312 clients · 40 low` where the file is as MySQL has it. */
export function clientsText({ clients, low, impact }: ClientFacts): string {
  if (!impact) return `${counted(clients, 'client')} · ${low} low`;
  const { assigned, toldNow, newlyTold } = impact;
  return `${counted(assigned, 'client')} · ${toldNow} notified at the next check (+${newlyTold})`;
}

function scenariosText(count: number | undefined): string {
  return count === undefined ? 'no scenario' : counted(count, 'scenario');
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
