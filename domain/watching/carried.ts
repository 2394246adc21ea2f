import { firstAgenda, type Agenda } from '../agenda.js';
import { freshWatch, type WatchState } from '../cycle/watch-state.js';
import { mustWake, type Known, type WantedCheck, type Watching } from './watching.js';

/** What is wanted before the next check is due. */
export interface Wanted {
  readonly check?: WantedCheck;
  readonly replan?: true;
  readonly remember?: true;
}

/** What one run hands to the next. */
export interface CarriedWatching extends Agenda {
  readonly watch: WatchState;
  /** Absent where nothing is, and in what older versions handed over. */
  readonly wanted?: Wanted;
}

/** `startedAt`: when the client's workflow was started, epoch milliseconds. */
export function beginWatching(
  clientId: string,
  carried: CarriedWatching | undefined,
  known: Known,
  startedAt: number,
): Watching {
  const agenda = carried ? agendaOf(carried) : firstAgenda(startedAt);
  const watch = carried?.watch ?? freshWatch;
  const { check, replan = false, remember = false } = carried?.wanted ?? {};
  return {
    clientId,
    watch,
    agenda,
    known,
    ...(check ? { checkWanted: check } : {}),
    replanWanted: replan,
    rememberWanted: remember,
    checking: false,
  };
}

function agendaOf({ plannedAt, next, extra }: CarriedWatching): Agenda {
  return { plannedAt, next, ...(extra ? { extra } : {}) };
}

export function carriedOf(watching: Watching): CarriedWatching {
  const { watch, agenda, checkWanted, replanWanted, rememberWanted } = watching;
  if (!mustWake(watching)) return { watch, ...agenda };
  const wanted: Wanted = {
    ...(checkWanted ? { check: checkWanted } : {}),
    ...(replanWanted ? { replan: true } : {}),
    ...(rememberWanted ? { remember: true } : {}),
  };
  return { watch, ...agenda, wanted };
}
