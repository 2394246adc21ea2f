import Table from 'cli-table3';
import { loadProfiles } from '../../authoring/load-profiles.js';
import { normaliseProfile, type Profile } from '../../domain/profile/profile.js';
import { readHeldProfiles } from '../../planning/held-profiles.js';
import { readProfileCounts, type ProfileCounts } from '../../store/profile-counts.js';
import { contentHash } from '../../store/content-hash.js';
import { hasDatabase } from '../shared/connect.js';
import { withDatabases } from '../shared/databases.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { lineOf } from '../../planning/load-for-sync.js';
import { printable } from '../shared/printable.js';

export interface ListOptions {
  readonly folder: string;
  readonly format: 'human' | 'json';
  /** Only the files, also where MySQL is known. */
  readonly offline?: boolean;
}

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly sortOrder: number;
  readonly currency: string;
  readonly period: string;
  readonly maxQty: number;
  readonly rules: readonly string[];
  /** What MySQL says about the file; absent offline. */
  readonly synced?: 'yes' | 'changed' | 'no' | 'no file';
  readonly clients?: number;
  readonly low?: number;
  readonly exhausted?: number;
}

/** The profiles in the order in which people are shown them; with their clients where MySQL is reachable. */
export async function list(options: ListOptions, io: Io): Promise<ExitCode> {
  const { profiles, problems } = await loadProfiles(options.folder, io.cwd);
  for (const problem of problems.filter(({ severity }) => severity === 'error')) io.err(lineOf(problem));
  const files = profiles.map(({ id, content }) => ({
    hash: contentHash(content),
    listed: listedOf(normaliseProfile(id, content), content.period),
  }));
  const held = options.offline === true || !hasDatabase(io) ? undefined : await readHeld(io);
  const shown = [
    ...files.map(({ hash, listed }) => ({ ...listed, ...held?.factsOf(listed.id, hash) })),
    ...(held?.withoutFile(new Set(files.map(({ listed }) => listed.id))) ?? []),
  ].sort(inListOrder);
  if (options.format === 'json') io.out(`${JSON.stringify({ profiles: shown }, null, 2)}\n`);
  else io.out(tableOf(shown, held !== undefined));
  return problems.some(({ severity }) => severity === 'error') ? exitCode.findings : exitCode.fine;
}

function listedOf({ id, name, sortOrder, currency, maxQty, rules }: Profile, period: string): Listed {
  return { id, name, sortOrder, currency, period, maxQty, rules: rules.map(({ key }) => key) };
}

/** By sort order; where it is the same, by id. */
function inListOrder(a: Listed, b: Listed): number {
  return a.sortOrder - b.sortOrder || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Held {
  factsOf(id: string, hash: string): Partial<Listed>;
  withoutFile(fileIds: ReadonlySet<string>): readonly Listed[];
}

/** Undefined, and said, where MySQL cannot be reached: the list then is of the files. */
async function readHeld(io: Io): Promise<Held | undefined> {
  try {
    return await withDatabases(io, async (database, billing) => {
      const rows = await readHeldProfiles(database);
      const counts = await readProfileCounts(database, billing);
      const none: ProfileCounts = { clients: 0, low: 0, exhausted: 0 };
      const hashes = new Map(rows.map(({ id, hash }) => [id, hash]));
      return {
        factsOf(id, hash) {
          const synced = hashes.get(id) === hash ? 'yes' : hashes.has(id) ? 'changed' : 'no';
          return { synced, ...(counts.get(id) ?? none) };
        },
        withoutFile: (fileIds) =>
          rows.flatMap(({ id, content }) =>
            fileIds.has(id) || !content
              ? []
              : [
                  {
                    ...listedOf(normaliseProfile(id, content), content.period),
                    synced: 'no file' as const,
                    ...(counts.get(id) ?? none),
                  },
                ],
          ),
      };
    });
  } catch (error) {
    io.err(`warning: without clients: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function tableOf(shown: readonly Listed[], online: boolean): string {
  if (shown.length === 0) return 'No profile.\n';
  const ofFiles = ['Order', 'Profile', 'Name', 'Currency', 'Period', 'Max Qty', 'Rules'];
  const ofClients = online ? ['Clients', 'Low', 'Exhausted', 'In MySQL'] : [];
  const table = new Table({ head: [...ofFiles, ...ofClients], style: { head: [], border: [] } });
  for (const each of shown) {
    const { id, name, rules } = each;
    const said = [each.sortOrder, printable(id), printable(name), each.currency, each.period, each.maxQty];
    const counts = online ? [each.clients, each.low, each.exhausted, each.synced] : [];
    table.push([...said, rules.map(printable).join('\n'), ...counts]);
  }
  const note = online ? 'Low and exhausted as of the last checks.\n' : '';
  return `${table.toString()}\n${note}`;
}
