import { loadProfiles } from '../../authoring/load-profiles.js';
import type { ClientState } from '../../domain/client-state.js';
import type { When } from '../../domain/conditions/condition.js';
import { thresholdText } from '../../domain/conditions/conditions.js';
import { normaliseProfile, type Profile } from '../../domain/profile/profile.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { writtenRules } from '../../domain/profile/written-rules.js';
import { messageOf } from '../../domain/error-message.js';
import { problemLine } from '../../domain/problem.js';
import { unknownProfilesText } from '../../planning/unknown-profiles.js';
import { holdsNow } from '../../planning/brake-policy.js';
import { readHeldProfiles } from '../../planning/held-profiles.js';
import { contentHash } from '../../store/content-hash.js';
import { databaseNow } from '../../store/database-time.js';
import { readStoppedWebhooks, type StoppedWebhook } from '../../store/stopped-webhooks.js';
import { readProfileCounts, type ProfileCounts } from '../../planning/profile-counts.js';
import { hasDatabase } from '../shared/connect.js';
import { withDatabases } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { printable } from '../shared/printable.js';
import { stoppedWebhookJson, stoppedWebhookText } from '../shared/stopped-webhooks.js';
import { tableText } from '../shared/table.js';

export interface ListOptions {
  readonly folder: string;
  readonly format: 'human' | 'json';
  /** Only the profiles of this reseller. */
  readonly reseller?: string;
  /** Only profiles that have a client in this state, as of the last checks. */
  readonly state?: ClientState;
  /** Only the files, also where MySQL is known. */
  readonly offline?: boolean;
}

interface ListedProfile {
  readonly id: string;
  readonly name: string;
  readonly sortOrder: number;
  readonly currency: string;
  readonly period: string;
  readonly maxQty: number;
  readonly rules: readonly string[];
  /** Rule key → threshold, as it is written. */
  readonly thresholds: Readonly<Record<string, unknown>>;
  /** Rule key → on which side of its limit the rule applies, and the limit in words: `20% of the credit limit`. */
  readonly limits: Readonly<Record<string, { readonly when: When; readonly words: string }>>;
  /** What MySQL says about the file; absent offline. */
  readonly synced?: 'yes' | 'changed' | 'no' | 'no file' | 'invalid file';
  readonly clients?: number;
  readonly low?: number;
  readonly exhausted?: number;
  /** Clients by state, as of their last checks. */
  readonly states?: ProfileCounts['states'];
}

/** The profiles in the order in which people are shown them; with their clients where MySQL is reachable. */
export async function list(options: ListOptions, io: Io): Promise<ExitCode> {
  const { profiles, invalid, problems } = await loadProfiles(options.folder, io.cwd);
  for (const problem of problems.filter(({ severity }) => severity === 'error')) io.err(problemLine(problem));
  const files = profiles.map(({ id, content }) => ({
    hash: contentHash(content),
    listed: listedOf(normaliseProfile(id, content), content),
  }));
  const rows = await rowsFor(options, io);
  const shown = [
    ...files.map(({ hash, listed }) => ({ ...listed, ...rows?.factsOf(listed.id, hash) })),
    ...(rows?.withoutFile(new Set(files.map(({ listed }) => listed.id)), new Set(invalid)) ?? []),
  ]
    .filter((each) => isWanted(each, options))
    .sort(inListOrder);
  const stopped = rows && { stoppedWebhooks: rows.stoppedWebhooks.map(stoppedWebhookJson) };
  if (options.format === 'json')
    io.out(`${JSON.stringify({ profiles: shown, invalid, ...stopped }, null, 2)}\n`);
  else io.out(textOf(shown, rows !== undefined, io));
  return problems.some(({ severity }) => severity === 'error') ? exitCode.findings : exitCode.fine;
}

function isWanted({ id, states }: ListedProfile, { reseller, state }: ListOptions): boolean {
  const isOfReseller = reseller === undefined || id.startsWith(`${reseller}/`);
  return isOfReseller && (state === undefined || (states?.[state] ?? 0) > 0);
}

function listedOf(
  { id, name, sortOrder, currency, maxQty, rules }: Profile,
  content: ProfileFile,
): ListedProfile {
  const thresholds = writtenRules(content).map(({ key, rule }) => [key, rule.threshold] as const);
  return {
    id,
    name,
    sortOrder,
    currency,
    period: content.period,
    maxQty,
    rules: rules.map(({ key }) => key),
    thresholds: Object.fromEntries(thresholds),
    limits: Object.fromEntries(
      rules.map(({ key, condition: { when, threshold } }) => [
        key,
        { when, words: thresholdText(threshold, currency) },
      ]),
    ),
  };
}

/** By sort order; where it is the same, by id. */
function inListOrder(a: ListedProfile, b: ListedProfile): number {
  return a.sortOrder - b.sortOrder || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What MySQL knows of profiles. */
interface ProfileRows {
  readonly stoppedWebhooks: readonly StoppedWebhook[];
  factsOf(id: string, hash: string): Partial<ListedProfile>;
  withoutFile(fileIds: ReadonlySet<string>, invalid: ReadonlySet<string>): readonly ListedProfile[];
}

/** Undefined, with a warning, where MySQL cannot be reached: the list then is of the files. A state needs MySQL. */
async function rowsFor({ offline, state }: ListOptions, io: Io): Promise<ProfileRows | undefined> {
  if (state !== undefined) {
    if (hasDatabase(io)) return await readRows(io);
    throw new CliError('--state needs MySQL, which knows the clients: expected MYSQL_URL, or a local stack');
  }
  if (offline === true || !hasDatabase(io)) return undefined;
  try {
    return await readRows(io);
  } catch (error) {
    io.err(`warning: without clients: ${messageOf(error)}`);
    return undefined;
  }
}

async function readRows(io: Io): Promise<ProfileRows> {
  return await withDatabases(io, async (database, billing) => {
    const rows = await readHeldProfiles(database);
    const counts = await readProfileCounts(database, billing);
    const hashes = new Map(rows.map(({ id, hash }) => [id, hash]));
    warnOfUnknown(counts, new Set(rows.map(({ id }) => id)), io);
    for (const held of await holdsNow(database, await databaseNow(database)))
      io.err(`held now: ${printable(held)}`);
    const stoppedWebhooks = await readStoppedWebhooks(database);
    for (const each of stoppedWebhooks) io.err(`warning: ${stoppedWebhookText(each)}`);
    const countsOf = (id: string) => {
      const { clients, states } = counts.get(id) ?? { clients: 0, states: {} };
      return { clients, low: states.low ?? 0, exhausted: states.exhausted ?? 0, states };
    };
    return {
      stoppedWebhooks,
      factsOf(id, hash) {
        const synced = hashes.get(id) === hash ? 'yes' : hashes.has(id) ? 'changed' : 'no';
        return { synced, ...countsOf(id) };
      },
      withoutFile: (fileIds, invalid) =>
        rows.flatMap(({ id, content }) =>
          fileIds.has(id) || !content
            ? []
            : [
                {
                  ...listedOf(normaliseProfile(id, content), content),
                  synced: invalid.has(id) ? ('invalid file' as const) : ('no file' as const),
                  ...countsOf(id),
                },
              ],
        ),
    };
  });
}

/** The billing data names profiles that there are not: their clients are not watched. */
function warnOfUnknown(counts: ReadonlyMap<string, ProfileCounts>, known: ReadonlySet<string>, io: Io): void {
  const unknown = [...counts]
    .filter(([id, { clients }]) => clients > 0 && !known.has(id))
    .map(([profile, { clients }]) => ({ profile, clients }));
  if (unknown.length > 0) io.err(`warning: ${printable(unknownProfilesText(unknown))}`);
}

/** `50 USD`, or `above 1000 USD`. */
function limitWords(limit: ListedProfile['limits'][string] | undefined): string {
  if (!limit) return '';
  return `${limit.when === 'above' ? 'above ' : ''}${limit.words}`;
}

function textOf(shown: readonly ListedProfile[], online: boolean, io: Io): string {
  if (shown.length === 0) return 'No profile.\n';
  const ofFiles = ['Order', 'Profile', 'Name', 'Currency', 'Period', 'Max Qty', 'Rules'];
  const anyHeld = shown.some(({ states }) => (states?.held ?? 0) > 0);
  const ofHeld = anyHeld ? ['Held'] : [];
  const ofClients = online ? ['Clients', 'Low', 'Exhausted', ...ofHeld, 'In MySQL'] : [];
  const rows = shown.map((each) => [
    each.sortOrder,
    printable(each.id),
    printable(each.name),
    each.currency,
    each.period,
    each.maxQty,
    each.rules.map((rule) => printable(`${rule}: ${limitWords(each.limits[rule])}`)).join('\n'),
    ...(online ? [each.clients ?? 0, each.low ?? 0, each.exhausted ?? 0] : []),
    ...(anyHeld ? [each.states?.held ?? 0] : []),
    ...(online ? [each.synced ?? ''] : []),
  ]);
  const note = online ? 'Low and exhausted as of the last checks.\n' : '';
  return `${tableText([...ofFiles, ...ofClients], rows, io)}\n${note}`;
}
