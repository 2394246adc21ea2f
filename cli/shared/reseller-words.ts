import type { ResellerContent, ResellerFieldChange } from '../../domain/reseller/reseller-content.js';
import { counted, printable } from './printable.js';

/** What a field of a reseller's settings is about, for people. */
const meanings = {
  billingId: 'whose clients they are',
  platform: 'for whose clients its profiles are',
  sender: 'the sender',
  brand: 'the look of mails',
  topUpUrl: 'the top-up link',
  support: 'the support lines',
  language: 'the language where a client has none',
  timeZone: 'the time zone where a client has none',
  sendGrid: 'the account that sends',
  webhooks: 'webhooks',
  templates: 'words of mails',
} as const satisfies Readonly<Record<keyof ResellerContent, string>>;

/** `12 profiles, 3400 clients: the sender and webhooks change`. */
export function resellerMeaning(change: {
  readonly profiles: number;
  readonly clients: number;
  readonly fields: readonly ResellerFieldChange[];
}): string {
  const { profiles, clients, fields } = change;
  const about = [...new Set(fields.map(({ path }) => meaningOf(path)))];
  const listed = about.length < 2 ? about.join('') : `${about.slice(0, -1).join(', ')} and ${about.at(-1)}`;
  const verb = about.length === 1 && !/^(webhooks|words of|the support)/.test(listed) ? 'changes' : 'change';
  const what = about.length === 0 ? 'nothing changes but the text of the file' : `${listed} ${verb}`;
  return `${counted(profiles, 'profile')}, ${counted(clients, 'client')}: ${what}`;
}

function meaningOf(path: string): string {
  return meanings[(path.split('.')[0] ?? '') as keyof typeof meanings] ?? path;
}

/** A value of a field; a template by its length, since its file shows the rest. */
export function resellerValue(path: string, value: ResellerFieldChange['from']): string {
  if (value === null) return '–';
  if (path.startsWith('templates.')) return `(${counted(String(value).length, 'character')})`;
  return printable(JSON.stringify(value));
}
