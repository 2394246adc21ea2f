import currencies from 'currency-codes';
import { getLocation, getNodeValue, parseTree } from 'jsonc-parser';
import { CompletionItemKind, type CompletionItem, type Position } from 'vscode-languageserver/node.js';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileKind } from '../../authoring/schema-files.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { languagesIn, ownTemplates } from '../../delivery/email/template-files.js';
import { languageService, parsed } from './language-services.js';
import { rulesBeside, webhooksBeside } from './neighbours.js';

/** What is known of the reseller's users; empty where MySQL is not reachable. */
export type UsersOf = (reseller: string) => readonly string[];

/**
 * What may stand at a place: by the schema, and what a schema cannot know: every currency of ISO 4217, the reseller's
 * users and webhooks, time zones, languages, and in scenarios the rule keys of the profile beside the file and times.
 */
export async function completions(
  document: TextDocument,
  kind: FileKind,
  position: Position,
  usersOf: UsersOf,
): Promise<readonly CompletionItem[]> {
  const bySchema = await languageService(kind).doComplete(document, position, parsed(kind, document));
  const own = await ownValues(document, kind, position, usersOf);
  const labels = new Set(own.map(({ label }) => label));
  return [...own, ...(bySchema?.items ?? []).filter(({ label }) => !labels.has(label))];
}

async function ownValues(
  document: TextDocument,
  kind: FileKind,
  position: Position,
  usersOf: UsersOf,
): Promise<readonly CompletionItem[]> {
  const text = document.getText();
  const location = getLocation(text, document.offsetAt(position));
  if (location.isAtPropertyKey && !insideOf(location.path, 'count')) return [];
  const name = [...location.path].reverse().find((segment) => typeof segment === 'string');
  const range = location.previousNode
    ? {
        start: document.positionAt(location.previousNode.offset),
        end: document.positionAt(location.previousNode.offset + location.previousNode.length),
      }
    : { start: position, end: position };
  const values = (items: readonly Value[]) => items.map((item) => itemOf(item, range));
  if (name === 'currency' || ((name === 'from' || name === 'to') && insideOf(location.path, 'rate', 'rates')))
    return values(currencyValues());
  if (name === 'users' && kind === 'profile')
    return values(
      usersOf(resellerOf(text)).map((login) => ({ label: login, detail: 'user of the reseller' })),
    );
  if (kind === 'scenarios' && ['rules', 'resetRule', 'count', 'recovered'].includes(String(name)))
    return values((await rulesBeside(document.uri)).map(({ key }) => ({ label: key, detail: 'rule' })));
  if (name === 'webhooks' && kind !== 'reseller')
    return values((await webhooksBeside(document.uri)).map((label) => ({ label, detail: 'webhook' })));
  if (name === 'timeZone') return values(['UTC', ...Intl.supportedValuesOf('timeZone')].map(labelled));
  if (name === 'language') return values(languagesIn(ownTemplates).map(labelled));
  if (kind === 'scenarios' && (name === 'at' || name === 'until')) return values(times(text));
  return [];
}

function labelled(label: string): Value {
  return { label };
}

interface Value {
  readonly label: string;
  readonly detail?: string;
}

function itemOf({ label, detail }: Value, range: { start: Position; end: Position }): CompletionItem {
  const written = JSON.stringify(label);
  return {
    label: written,
    kind: CompletionItemKind.Value,
    filterText: written,
    textEdit: { range, newText: written },
    ...(detail === undefined ? {} : { detail }),
  };
}

function insideOf(place: readonly (string | number)[], ...names: readonly string[]): boolean {
  return place.some((segment) => names.includes(String(segment)));
}

function currencyValues(): readonly Value[] {
  return currencies.codes().map((code) => {
    const name = currencies.code(code)?.currency;
    return { label: code, ...(name === undefined ? {} : { detail: name }) };
  });
}

function resellerOf(text: string): string {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const value = root ? (getNodeValue(root) as Partial<ProfileFile>) : {};
  return typeof value.reseller === 'string' ? value.reseller : '';
}

/** The times that the file names already, and those of the first checks. */
function times(text: string): readonly Value[] {
  const named = [...text.matchAll(/"(?:at|until)"\s*:\s*"([0-9smhdw]+)"/g)].map(([, time]) => time!);
  return [...new Set([...named, '0s', '24h', '48h', '72h', '10d'])].map((label) => ({ label }));
}
