import { awayMs } from './ask-truth.js';
import type { BrakeTruth, Truth } from './truth.js';
import type { ClientFacts, Violation } from './verdict.js';

type BrakedFacts = Pick<ClientFacts, 'clientId' | 'steps'>;

/** A check is admitted some time while it runs, and clocks differ by this. */
const slackMs = 500;

/**
 * Rule 23, over all clients: while the brake let so many clients be told low, no more were, and nobody was held before. Holds by hand
 * are judged at each check.
 */
export function violationsOfBrake(truth: Truth, facts: readonly BrakedFacts[]): readonly Violation[] {
  return truth.brakes.flatMap((brake) => violationsWhile(truth, brake, facts));
}

function violationsWhile(
  truth: Truth,
  { clients, on, off }: BrakeTruth,
  facts: readonly BrakedFacts[],
): readonly Violation[] {
  const until = off?.from ?? Number.POSITIVE_INFINITY;
  const within = checksBetween(facts, on.until + slackMs, until - slackMs);
  const told = new Set(within.filter(({ low }) => low).map(({ clientId }) => clientId));
  const found: Violation[] = [];
  if (told.size > clients) {
    const { clientId, at } = within.find(({ low }) => low)!;
    found.push({ clientId, at, what: `${told.size} clients were told low, and the brake allows ${clients}` });
  }
  const first = within.filter(({ held }) => held).sort((a, b) => a.at - b.at)[0];
  if (first) {
    const before = checksBetween(facts, on.from - slackMs, first.at + slackMs).filter(({ low }) => low);
    const counted = new Set(before.map(({ clientId }) => clientId)).size;
    // A check that a killed worker had begun, or whose workflow was stopped, may be counted and never answer.
    const stopped = truth.stops.filter(({ from, until: to }) => from <= first.at && to >= on.from).length;
    if (counted + stopped < clients && awayMs(truth, on.from, first.at) === 0)
      found.push({
        clientId: first.clientId,
        at: first.at,
        what: `was held when ${counted} clients were told low, and the brake allows ${clients}`,
      });
  }
  return found;
}

/** Checks that began and answered between two instants. */
function checksBetween(facts: readonly BrakedFacts[], from: number, until: number) {
  return facts.flatMap(({ clientId, steps }) =>
    steps.flatMap((step) => {
      if (step.kind !== 'checked' || step.from < from || step.at > until) return [];
      const reasons = (step.result.decisions ?? []).map(({ reason }) => reason);
      return [{ clientId, at: step.at, low: reasons.includes('low'), held: reasons.includes('held') }];
    }),
  );
}
