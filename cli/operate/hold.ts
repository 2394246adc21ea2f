import { heldAgainWithinMs, scopeText, type Hold } from '../../domain/brake.js';
import type { BrakeState } from '../../store/brake-state.js';
import { withDatabase } from '../shared/databases.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { counted, printable } from '../shared/printable.js';
import { tableText } from '../shared/table.js';
import { operatorOf } from './operator.js';
import { unknownScope } from './unknown-scope.js';
import { scopeOf, type ScopeOptions } from './scope.js';

export interface HoldOptions extends ScopeOptions {
  readonly why: string;
  readonly by?: string;
  /** From now; this or `until`, or neither: until it is released. */
  readonly forMs?: number;
  /** Epoch milliseconds. */
  readonly until?: number;
}

/** How long the brake stays released where the line does not say it, milliseconds. */
const usualReleaseMs = 3_600_000;
const shownInHistory = 50;

/** Stops notices by hand (rule 23), by MySQL's clock, as workers have it. Checks go on; what is held is tried again, and decided afresh at each check. */
export async function hold(options: HoldOptions, io: Io): Promise<ExitCode> {
  return await withDatabase(io, async (database) => {
    const [{ createHolds }, { databaseNow }] = await Promise.all([
      import('../../store/holds.js'),
      import('../../store/database-time.js'),
    ]);
    const now = await databaseNow(database);
    const until = options.until ?? (options.forMs === undefined ? null : now + options.forMs);
    const scope = scopeOf(options);
    await createHolds(database).add(scope, until, {
      by: operatorOf(options.by, io.env),
      why: options.why,
      at: now,
    });
    const end = until === null ? 'until it is released' : `until ${timeText(until)}`;
    const doubt = await unknownScope(database, scope);
    if (doubt !== undefined) io.err(`warning: ${printable(doubt)}: the hold may stop nobody`);
    io.out(`Notices of ${printable(scopeText(scope))} are held ${end}.\n`);
    return exitCode.fine;
  });
}

/** Ends holds by hand of exactly this scope; for everything, the brake too. */
export async function release(options: HoldOptions, io: Io): Promise<ExitCode> {
  return await withDatabase(io, async (database) => {
    const [{ createHolds }, { createBrake }, { databaseNow }] = await Promise.all([
      import('../../store/holds.js'),
      import('../../store/brake.js'),
      import('../../store/database-time.js'),
    ]);
    const now = await databaseNow(database);
    const scope = scopeOf(options);
    const byHand = { by: operatorOf(options.by, io.env), why: options.why, at: now };
    const released = await createHolds(database).release(scope, byHand);
    if (released > 0) io.out(`${counted(released, 'hold')} of ${printable(scopeText(scope))} released.\n`);
    if (scope.kind === 'all') {
      const brake = createBrake(database, { now: () => Promise.resolve(now) });
      const { trippedAt, fleet } = await brake.state();
      const until = options.until ?? now + (options.forMs ?? usualReleaseMs);
      await brake.release(until, byHand);
      io.out(
        `The brake ${trippedAt === null ? 'held nobody; it ' : ''}is released until ${timeText(until)}. Held clients are checked again within ${minutesText(heldAgainWithinMs(fleet))}.\n`,
      );
    } else if (released === 0) {
      io.err(`There is no hold of ${printable(scopeText(scope))}. See: low-balance holds`);
    }
    for (const left of await createHolds(database).active(now))
      io.err(`Still held: ${printable(`${scopeText(left.scope)}, by ${left.by}: ${left.why}`)}`);
    return released > 0 || scope.kind === 'all' ? exitCode.fine : exitCode.findings;
  });
}

/** The brake, the holds that are on, and those that were. */
export async function holds(options: { readonly format: 'human' | 'json' }, io: Io): Promise<ExitCode> {
  return await withDatabase(io, async (database) => {
    const [{ createHolds }, { createBrake }, { databaseNow }] = await Promise.all([
      import('../../store/holds.js'),
      import('../../store/brake.js'),
      import('../../store/database-time.js'),
    ]);
    const state = await createBrake(database, { now: () => databaseNow(database) }).state();
    const history = await createHolds(database).history(shownInHistory);
    if (options.format === 'json') io.out(`${JSON.stringify(holdsJson(state, history), null, 2)}\n`);
    else io.out(holdsText(state, history, io));
    return exitCode.fine;
  });
}

function holdsText(state: BrakeState, history: readonly Hold[], io: Io): string {
  const { clients, percentOfFleet } = state.policy;
  const lines = [
    `The brake: ${brakeText(state)}`,
    `Notified of a low balance within the last hour: ${counted(state.counted, 'client')} of at most ${state.limit} (${clients}, or ${percentOfFleet}% of ${counted(state.fleet, 'watched client')}).`,
  ];
  if (history.length === 0) return `${lines.join('\n')}\nNo hold by hand.\n`;
  const active = new Set(state.holds.map(({ id }) => id));
  const rows = history.map((each) => [
    active.has(each.id) ? 'on' : 'over',
    printable(scopeText(each.scope)),
    `${timeText(each.since)}\n${printable(each.by)}: ${printable(each.why)}`,
    endText(each),
  ]);
  return `${lines.join('\n')}\n${tableText(['Hold', 'Of', 'Since', 'Until'], rows, io)}\n`;
}

function brakeText({ trippedAt, released, held }: BrakeState): string {
  if (released) {
    const by = `${printable(released.by)}: ${printable(released.why)}`;
    return `released until ${timeText(released.until)} by ${by}.`;
  }
  return trippedAt === null
    ? 'off.'
    : `HOLDS notices of ${counted(held, 'client')} since ${timeText(trippedAt)}. Look at the billing data, then: low-balance release --all --why "…"`;
}

function endText({ until, released }: Hold): string {
  if (released)
    return `${timeText(released.at)}, released\n${printable(released.by)}: ${printable(released.why)}`;
  return until === null ? 'released by hand' : timeText(until);
}

function holdsJson(state: BrakeState, history: readonly Hold[]): object {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    brake: {
      limit: state.limit,
      policy: state.policy,
      fleet: state.fleet,
      notifiedWithinAnHour: state.counted,
      holdsSince: iso(state.trippedAt),
      heldClients: state.held,
      released: state.released && { ...state.released, until: iso(state.released.until) },
    },
    holds: history.map(({ id, scope, since, until, by, why, released }) => ({
      id,
      scope,
      since: iso(since),
      until: iso(until),
      by,
      why,
      released: released && { ...released, at: iso(released.at) },
      on: state.holds.some((each) => each.id === id),
    })),
  };
}

function minutesText(ms: number): string {
  return counted(Math.ceil(ms / 60_000), 'minute');
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
