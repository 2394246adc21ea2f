import path from 'node:path';
import { input, select } from '@inquirer/prompts';
import { knownCurrency } from '../../../authoring/currencies.js';
import { CliError, exitCode } from '../../shared/exit-code.js';
import type { Io } from '../../shared/io.js';
import { ciChoices, type Ci } from './choices.js';
import { billingSystems } from './billing-systems.js';

export interface InitOptions {
  readonly reseller?: string;
  readonly currency?: string;
  readonly ci?: Ci;
  readonly billing?: string;
}

/** What a new repository of profiles is made from. */
export interface Answers {
  /** The repository's, for its package.json and README. */
  readonly name: string;
  readonly reseller: string;
  /** ISO 4217 */
  readonly currency: string;
  readonly ci: Ci;
  /** A folder of `integrations/`, or `none`. */
  readonly billing: string;
}

/** Flags, on a terminal what it answers for the others, and else their defaults. Throws CliError, `usage`, for a wrong one. */
export async function answersFor(root: string, options: InitOptions, io: Io): Promise<Answers> {
  const asked = io.interactive ? await ask(options) : options;
  const { reseller, currency = 'USD', ci = 'both', billing = 'none' } = asked;
  if (reseller === undefined)
    throw new CliError(
      'the reseller is missing: expected --reseller <id> where there is no terminal to ask on, such as --reseller acme',
      exitCode.usage,
    );
  refuse('--reseller', reseller, isReseller(reseller));
  refuse('--currency', currency, isCurrency(currency));
  refuse('--ci', ci, ciChoices.includes(ci) || `expected one of ${ciChoices.join(', ')}`);
  const systems = ['none', ...billingSystems()];
  refuse('--billing', billing, systems.includes(billing) || `expected one of ${systems.join(', ')}`);
  return { name: packageName(root), reseller, currency, ci, billing };
}

async function ask(options: InitOptions): Promise<InitOptions> {
  // Questions and answers are messages, not results.
  const context = { output: process.stderr };
  return {
    reseller:
      options.reseller ??
      (await input({ message: 'Reseller, its id in the billing system:', validate: isReseller }, context)),
    currency:
      options.currency ??
      (await input(
        { message: 'Currency of its thresholds:', default: 'USD', validate: isCurrency },
        context,
      )),
    ci:
      options.ci ??
      (await select(
        { message: 'CI:', choices: ciChoices.map((value) => ({ value })), default: 'both' },
        context,
      )),
    billing:
      options.billing ??
      (await select(
        {
          message: 'Billing system (none: views of your own):',
          choices: ['none', ...billingSystems()].map((value) => ({ value })),
        },
        context,
      )),
  };
}

function isReseller(text: string): true | string {
  return (
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) ||
    'expected letters, digits, ".", "_" and "-", such as acme'
  );
}

function isCurrency(text: string): true | string {
  return knownCurrency(text) || 'expected an ISO 4217 code in capitals such as USD';
}

function refuse(flag: string, value: string, verdict: true | string): void {
  if (verdict !== true) throw new CliError(`${flag} is "${value}": ${verdict}`, exitCode.usage);
}

/** What npm accepts as a name. */
function packageName(root: string): string {
  const name = path
    .basename(root)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|-+$/g, '');
  return name || 'low-balance-profiles-of-a-team';
}
