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
  // Who was admitted while the limit was being set is admitted again, and counts once.
  const admitted = new Set(
    checksWhile(facts, on.from - slackMs, on.until + slackMs)
      .filter(({ low }) => low)
      .map(({ clientId }) => clientId),
  );
  const told = new Set(
    within.filter(({ clientId, low }) => low && !admitted.has(clientId)).map(({ clientId }) => clientId),
  );
  const found: Violation[] = [];
  if (told.size > clients) {
    const { clientId, at } = within.find((check) => check.low && told.has(check.clientId))!;
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
  return checksOf(facts).filter((check) => check.from >= from && check.at <= until);
}

/** Checks that ran at some time between two instants. */
function checksWhile(facts: readonly BrakedFacts[], from: number, until: number) {
  return checksOf(facts).filter((check) => check.from <= until && check.at >= from);
}

function checksOf(facts: readonly BrakedFacts[]) {
  return facts.flatMap(({ clientId, steps }) =>
    steps.flatMap((step) => {
      if (step.kind !== 'checked') return [];
      const reasons = (step.result.decisions ?? []).map(({ reason }) => reason);
      const { from, at } = step;
      return [{ clientId, from, at, low: reasons.includes('low'), held: reasons.includes('held') }];
    }),
  );
}
