import path from 'node:path';
import { askForProfile, type NewProfile } from './ask-for-profile.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { namedProfile } from '../shared/named-profile.js';
import { profileTarget } from '../shared/profile-target.js';
import { writeNew, writeNewValid } from './write-new.js';

export interface NewOptions {
  readonly folder: string;
  readonly name?: string;
  readonly currency?: string;
  readonly sortOrder: number;
  readonly maxQty: number;
  readonly period: string;
  readonly staffThreshold?: string;
  readonly user: readonly string[];
  readonly clientThreshold?: string;
}

/**
 * Writes a new profile and a scenario beside it: from options, or asking on a terminal for what they do not give.
 * Nothing is written where a file is there already or the profile would not be valid.
 */
export async function newProfile(id: string | undefined, options: NewOptions, io: Io): Promise<ExitCode> {
  const profile = complete(id, options) ?? (await ask(id, options, io));
  const [reseller, slug] = placeOf(profile.id, options.folder, io.cwd);
  const folder = path.posix.join(options.folder, reseller);
  const file = path.posix.join(folder, `${slug}.json`);
  const test = path.posix.join(folder, `${slug}.test.json`);
  await writeNewValid(file, profileFile(profile, reseller, options), 'the profile', io);
  await writeNew(test, scenarioFile(profile), io);
  io.out(`${file}\n${test}\n`);
  io.err(`Next: edit them, then npx low-balance validate ${folder} && npx low-balance test ${test}`);
  return exitCode.fine;
}

/** The options alone, where they are enough. */
function complete(id: string | undefined, options: NewOptions): NewProfile | undefined {
  const { name, currency, period, maxQty, staffThreshold, clientThreshold } = options;
  if (id === undefined || name === undefined || currency === undefined) return undefined;
  if (staffThreshold === undefined && clientThreshold === undefined) return undefined;
  return { id, name, currency, period, maxQty, staffThreshold, clientThreshold };
}

async function ask(id: string | undefined, options: NewOptions, io: Io): Promise<NewProfile> {
  if (io.interactive) return await askForProfile({ id, ...options });
  throw new CliError(
    'there is no terminal to ask on: expected an id, a name, a currency and a threshold, such as low-balance new acme/prepaid-usd --name "Prepaid USD" --currency USD --client-threshold 50',
    exitCode.usage,
  );
}

/** Reseller and slug. */
function placeOf(word: string, folder: string, cwd: string): readonly [string, string] {
  const { id } = namedProfile(word, folder, cwd);
  const [reseller, slug] = id.split('/');
  if (reseller && slug === 'reseller')
    throw new CliError(
      `${id}.json holds the reseller's settings: write it with low-balance new-reseller ${reseller}`,
      exitCode.usage,
    );
  if (reseller && slug && profileTarget(folder, cwd, id)) return [reseller, slug];
  throw new CliError(
    `the id is "${id}": expected <reseller>/<slug> in letters, digits, ".", "_" and "-", such as acme/prepaid-usd`,
    exitCode.usage,
  );
}

function profileFile(profile: NewProfile, reseller: string, { sortOrder, user }: NewOptions): object {
  const { name, currency, period, maxQty, staffThreshold, clientThreshold } = profile;
  const users = user.length > 0 ? { users: user } : {};
  return {
    $schema: '../../schemas/profile.schema.json',
    name,
    reseller,
    currency,
    sortOrder,
    maxQty,
    period,
    ...(staffThreshold === undefined
      ? {}
      : { userNotification: { threshold: Number(staffThreshold), notify: true, ...users } }),
    ...(clientThreshold === undefined
      ? {}
      : { clientNotification: { threshold: Number(clientThreshold), notify: true } }),
  };
}

/** A first scenario that holds for any such profile: who is notified at once when the balance is below every threshold. */
function scenarioFile({ currency, staffThreshold, clientThreshold }: NewProfile): object {
  const thresholds = [staffThreshold, clientThreshold].flatMap((each) =>
    each === undefined ? [] : Number(each),
  );
  const rules = [
    ...(clientThreshold === undefined ? [] : ['client']),
    ...(staffThreshold === undefined ? [] : ['user']),
  ];
  return {
    $schema: '../../schemas/profile-test.schema.json',
    scenarios: [
      {
        name: 'a low client is notified at its first check',
        client: { currency, balance: Math.min(...thresholds) - 1, lastChargeAgo: '1h', createdAgo: '365d' },
        until: '1s',
        expect: [{ at: '0s', rules }],
      },
    ],
  };
}
