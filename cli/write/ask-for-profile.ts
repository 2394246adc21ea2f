import { input } from '@inquirer/prompts';
import { parseDuration } from '../../domain/duration.js';
import { knownCurrency } from '../../authoring/currencies.js';
import type { NewOptions, NewProfile } from './new.js';

/** Asks on the terminal for what the flags do not say, with what they say as the suggestion. */
export async function askForProfile(id: string | undefined, options: NewOptions): Promise<NewProfile> {
  // Questions and answers are messages, not results.
  const context = { output: process.stderr };
  const ask = (message: string, unsaid: string | undefined, validate: (text: string) => true | string) =>
    input({ message, validate, ...(unsaid === undefined ? {} : { default: unsaid }) }, context);
  const optional = async (message: string, unsaid: string | undefined) =>
    (await ask(
      message,
      unsaid,
      (text) => text === '' || isNumber(text) || 'expected a number, or nothing',
    )) || undefined;
  return {
    id: await ask(
      'Id (<reseller>/<slug>):',
      id,
      (text) => /^[^/]+\/[^/]+$/.test(text) || 'expected such as acme/prepaid-usd',
    ),
    name: await ask(
      'Name, shown in lists and mails:',
      options.name,
      (text) => text.trim() !== '' || 'expected a name',
    ),
    currency: await ask(
      'Currency of the thresholds:',
      options.currency ?? 'USD',
      (text) => knownCurrency(text) || 'expected an ISO 4217 code such as USD',
    ),
    period: await ask(
      'Period, how often a client is checked:',
      options.period,
      (text) => (parseDuration(text) ?? 0) >= 1_000 || 'expected such as 24h',
    ),
    maxQty: await ask(
      'Max Qty, notices per rule until a refill:',
      options.maxQty,
      (text) => /^[1-9]\d{0,3}$/.test(text) || 'expected 1 to 1000',
    ),
    staffThreshold: await optional(
      'Threshold for the staff (empty: they are told nothing):',
      options.staffThreshold ?? '100',
    ),
    clientThreshold: await optional(
      'Threshold for the client (empty: it is told nothing):',
      options.clientThreshold ?? '50',
    ),
  };
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
