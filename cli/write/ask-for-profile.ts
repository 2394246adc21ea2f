import { input } from '@inquirer/prompts';
import { parseDuration } from '../../domain/duration.js';
import { isDecimal } from '../../domain/money.js';
import { knownCurrency } from '../../authoring/currencies.js';
/** What a new profile is made of. */
export interface NewProfile {
  /** `<reseller>/<slug>` */
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly period: string;
  readonly maxQty: number;
  /** A decimal number; without one the profile has no rule for the staff. */
  readonly staffThreshold?: string | undefined;
  readonly clientThreshold?: string | undefined;
}

/** Asks on the terminal for what is not known yet, with what is known as the suggestion. */
export async function askForProfile(known: {
  readonly [K in keyof NewProfile]?: NewProfile[K] | undefined;
}): Promise<NewProfile> {
  // Questions and answers are messages, not results.
  const context = { output: process.stderr };
  const ask = (message: string, suggestion: string | undefined, validate: (text: string) => true | string) =>
    input({ message, validate, ...(suggestion === undefined ? {} : { default: suggestion }) }, context);
  const optional = async (message: string, suggestion: string | undefined) =>
    (await ask(
      message,
      suggestion,
      (text) => text === '' || isDecimal(text) || 'expected a number, or nothing',
    )) || undefined;
  return {
    id: await ask(
      'Id (<reseller>/<slug>):',
      known.id,
      (text) => /^[^/]+\/[^/]+$/.test(text) || 'expected such as acme/prepaid-usd',
    ),
    name: await ask(
      'Name, shown in lists and mails:',
      known.name,
      (text) => text.trim() !== '' || 'expected a name',
    ),
    currency: await ask(
      'Currency of the thresholds:',
      known.currency ?? 'USD',
      (text) => knownCurrency(text) || 'expected an ISO 4217 code in capitals such as USD',
    ),
    period: await ask(
      'Period, how often a client is checked:',
      known.period,
      (text) => (parseDuration(text) ?? 0) >= 1_000 || 'expected such as 24h',
    ),
    maxQty: Number(
      await ask(
        'Max Qty, notices per rule until a refill:',
        String(known.maxQty ?? 3),
        (text) => /^[1-9]\d{0,2}$|^1000$/.test(text) || 'expected 1 to 1000',
      ),
    ),
    staffThreshold: await optional(
      'Threshold for the staff (empty: the staff is not notified):',
      known.staffThreshold ?? '100',
    ),
    clientThreshold: await optional(
      'Threshold for the client (empty: the client is not notified):',
      known.clientThreshold ?? '50',
    ),
  };
}
