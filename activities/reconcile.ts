import type { ReconcileCursor, ReconcileInput, ReconcileResult } from './contract.js';
import type { Parts } from './parts.js';
import { carryOut, type Done } from './reconcile-changes.js';
import { readPage, type Page } from './reconcile-pages.js';

/** Starts and signals of one activity at most, so that an activity is short however many clients change. */
const changesAtOnce = 250;
/** Reading stops here and goes on in the next activity: about a million clients. */
const longestReadMs = 20_000;
const refusedShown = 10;

/**
 * A part of a reconciliation: what should be watched, by the billing system, against what is watched, by the rows that
 * checks leave behind. Reads the fleet by primary keys, and does something only for clients that changed:
 * - pass `lost`: workflows that were terminated, cancelled or failed, by Temporal's own list: started again;
 * - pass `assigned`: clients that should be watched and are not, or were not seen for two periods: started, which costs
 *   nothing where they run; clients with another profile or a shorter Period: woken to plan anew;
 * - pass `watched`: clients that are watched and should not be: woken, and their workflows end by themselves.
 *
 * Killed anywhere, it is simply done again: what was started has a row. A client that cannot be watched is named and passed
 * over (rule 24). The two databases may order and compare ids differently, so rows are asked for by id and compared here.
 */
export async function reconcile(
  parts: Parts,
  { from = { pass: 'lost', after: '' } }: ReconcileInput,
  heartbeat: (at: ReconcileCursor) => void,
): Promise<ReconcileResult> {
  const now = await parts.now();
  const readUntil = performance.now() + longestReadMs;
  let examined = 0;
  const refused: ReconcileResult['refused'][number][] = [];
  const answer = (done: Done, next: ReconcileCursor | undefined): ReconcileResult => {
    refused.push(...done.refused);
    parts.count({ what: 'reconciled', started: done.started, woken: done.woken, passedOver: refused.length });
    return {
      examined,
      ...done,
      refused: refused.slice(0, refusedShown),
      ...(refused.length > refusedShown ? { refusedCount: refused.length } : {}),
      ...(next === undefined ? {} : { next }),
    };
  };
  for (let at: ReconcileCursor | undefined = from; at !== undefined;) {
    heartbeat(at);
    const page = await readPage(parts, at, now);
    const next = nextAfter(at, page);
    const due = page.changes.slice(0, changesAtOnce);
    if (due.length === page.changes.length) {
      examined += page.ids.length;
      refused.push(...page.refused);
    }
    if (due.length > 0) {
      const { pass } = at;
      const done = await carryOut(parts, due, now, () => heartbeat({ pass, after: due[0]!.clientId }));
      if (due.length === page.changes.length) return answer(done, next);
      const after = due.at(-1)!.clientId;
      examined += page.ids.indexOf(after) + 1;
      return answer(done, { pass, after });
    }
    if (next !== undefined && performance.now() > readUntil) return answer(nothing, next);
    at = next;
  }
  return answer(nothing, undefined);
}

const nothing: Done = { started: 0, woken: 0, reasons: {}, some: [], refused: [] };

const passAfter = { lost: 'assigned', assigned: 'watched', watched: undefined } as const;

/** A page that ends where it began would be read for ever. */
function nextAfter({ pass, after }: ReconcileCursor, { last }: Page): ReconcileCursor | undefined {
  if (last !== undefined && last !== after) return { pass, after: last };
  const next = passAfter[pass];
  return next && { pass: next, after: '' };
}
