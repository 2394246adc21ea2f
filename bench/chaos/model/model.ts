import { profileSeen, profilesBetween, slackMs } from './ask-truth.js';
import { ClientMemory } from './client-memory.js';
import type { Step, TellingInput, ToldResult } from './histories.js';
import { nextOpening } from './hours.js';
import { violationsOfArrivals } from './judge-arrivals.js';
import { judgeDecisions } from './judge-decisions.js';
import { violationsOfRecipients } from './judge-recipients.js';
import { isMet } from './limits.js';
import { LostTasks } from './lost-tasks.js';
import { violationsAtEnd } from './judge-end.js';
import { faultsOfChannels, namesOf, settledOf, type Due, type Open } from './open-notices.js';
import { Promptness } from './promptness.js';
import { Punctuality } from './punctuality.js';
import type { CheckSeen } from './reasons.js';
import { StartingAgain, withTakenUp } from './starting-again.js';
import type { ProfileVersion, RuleTruth, Truth } from './truth.js';
import { instant, type ClientFacts, type Tally, type Violation } from './verdict.js';

// The rules of behaviour once more, written from their text and not from the product's code: what a client's checks saw,
// what they must have decided by it, and what must have become of each notice.

/** A run ends after some thirty checks, and none of them has a hundred events. */
const longestRunEvents = 3_000;

/** Counts into `tally`. */
export function violationsOf(facts: ClientFacts, truth: Truth, tally: Tally): readonly Violation[] {
  const known = { ...facts, steps: withTakenUp(facts.steps, facts.notices) };
  return [
    ...new Model(known, truth, tally).run(),
    ...violationsOfArrivals(known, truth, tally),
    ...violationsOfRecipients(known, truth, tally),
  ];
}

type Checked = Extract<Step, { kind: 'checked' }>;

class Model {
  private readonly found: Violation[] = [];
  private readonly memory = new ClientMemory();
  /** Rules of the profile that was seen last. */
  private rules: readonly RuleTruth[] = [];
  private due: Due | undefined;
  private open: Open | undefined;
  /** When the check before began. */
  private previousCheckAt = 0;
  /** When the last new refill came. */
  private refilledAt = 0;
  /** When somebody last asked for a check. */
  private askedAt = 0;
  /** When sending hours open for which a rule waits (rule 19); two where they opened while it was checked. */
  private openings: readonly number[] = [];
  /** The opening that a check stood for last: where its notices are held, the next check stands for it again. */
  private openedFor: number | undefined;
  /** The last check left something to hours that open, or to the brake. */
  private waits = false;
  private ended = false;
  private readonly punctuality: Punctuality;
  private readonly promptness: Promptness;
  private readonly startingAgain: StartingAgain;
  private readonly lostTasks: LostTasks;

  constructor(
    private readonly facts: ClientFacts,
    private readonly truth: Truth,
    private readonly tally: Tally,
  ) {
    const violation = (at: number, what: string) => this.violation(at, what);
    this.lostTasks = new LostTasks(truth);
    this.punctuality = new Punctuality(facts.clientId, truth, this.lostTasks, tally, violation);
    this.promptness = new Promptness(facts.clientId, truth, this.lostTasks, tally, violation);
    this.startingAgain = new StartingAgain(facts.clientId, truth);
  }

  run(): readonly Violation[] {
    for (const step of this.facts.steps) this.take(step);
    this.endsWell();
    return this.found;
  }

  private take(step: Step): void {
    switch (step.kind) {
      case 'started':
        return this.started(step);
      case 'refill':
        return this.refilled(step.at, Math.min(step.refillAt, step.at));
      case 'asked':
        return this.asked(step);
      case 'checked':
        return this.checked(step);
      case 'telling':
        return this.telling(step.at, step.input);
      case 'told':
        return step.byLedger ? this.takeUp(step) : this.told(step.at, step.checkAt, step.told);
      case 'gaveUp':
        return;
      case 'ended':
        return this.hasEnded(step.at, step.how);
      case 'taskLost':
        return this.lostTasks.note(step.at);
      case 'taskFailed':
        // Temporal's own way to say that something came in the meantime, or that a worker is gone.
        if (!/UNHANDLED_COMMAND|RESET_STICKY|FORCE_CLOSE|UNSPECIFIED/.test(step.cause))
          this.violation(step.at, `a workflow task failed: ${step.cause}`);
    }
  }

  /** Rule 25: a workflow that starts again goes on with counters, refills and instants. */
  private started({ at, continued, events = 0 }: Extract<Step, { kind: 'started' }>): void {
    this.tally.longestRun = Math.max(this.tally.longestRun, events);
    if (events > longestRunEvents) this.violation(at, `a run of its workflow has ${events} events`);
    if (continued) return;
    const again = this.rules.length > 0;
    if (again) this.tally.startedAgain += 1;
    const fault = this.startingAgain.started(at, again);
    if (fault !== undefined) this.violation(at, fault);
    this.punctuality.startAfresh(at);
    this.promptness.startAfresh(at);
    this.ended = false;
  }

  /** Rule 13, and rule 25 where somebody stopped its workflow. */
  private hasEnded(at: number, how: string): void {
    this.ended = true;
    if (how !== 'completed' && this.startingAgain.wasStopped(at, how)) {
      this.startingAgain.stopped(at, {
        open: this.open,
        unsent: this.due !== undefined || this.waits,
      });
      this.open = undefined;
      this.due = undefined;
      this.openings = [];
      this.openedFor = undefined;
    } else if (how !== 'completed') this.violation(at, `its workflow ${how}`);
    else if (!this.truth.closed.has(this.facts.clientId))
      this.violation(at, 'its watch ended, and it is not closed');
  }

  /** Rules 5 and 7. A refill of the future counts as now: `refillAt` is no later than `at`. */
  private refilled(at: number, refillAt: number): void {
    // Between a check's answer and its notices only if one workflow task brought both: then the refill is heard first,
    // and is news also where the check had read of it.
    if (this.due && refillAt > this.due.knownRefillAt) this.due.disturbed = true;
    if (!this.memory.refilled(refillAt)) return;
    this.refilledAt = at;
    if (!this.open) return;
    this.open.disturbed = true;
    // What the check has read of and counted, by a clock that was a little ahead, need not make it check again.
    if (refillAt > this.memory.readRefillAt) this.open.refilled = true;
  }

  private asked({ at, what }: Extract<Step, { kind: 'asked' }>): void {
    // Rule 18: a look leaves alone whose notices are on their way.
    if (what === 'look') return;
    if (this.open) this.open.disturbed = true;
    if (what === 'checkNow') {
      if (this.due) this.due.disturbed = true;
      this.askedAt = at;
    } else this.punctuality.replanned(at);
  }

  private checked(step: Checked): void {
    const { begunAt, from, at, heardAt, result } = step;
    this.tally.checks += 1;
    if (this.open) this.violation(at, `checked while the notices of ${instant(this.open.checkAt)} are open`);
    if (this.due && !this.due.disturbed)
      this.violation(
        at,
        `${namesOf(this.due)} decided to send at ${instant(this.due.at)} and nobody was told`,
      );
    if (this.due?.disturbed) this.punctuality.mustRecheck(this.due.at);
    this.due = undefined;
    this.previousCheckAt = this.punctuality.lastCheckAt ?? from;
    this.punctuality.checked(from, at);
    if (result.kind !== 'checked') return;
    const knownRefillAt = this.memory.lastRefillAt;
    if (result.lastRefillAt) {
      this.memory.readRefillAt = Math.max(this.memory.readRefillAt, result.lastRefillAt);
      // A refill of the future counts as now, by the workflow's time; one that came since, before the billing data was read, is not of it.
      const readAt = Math.min(result.readAt ?? heardAt, at + slackMs);
      this.memory.refilled(Math.min(result.lastRefillAt, Math.max(heardAt, readAt)));
    }
    const profile = profileSeen(this.truth, result.profile!, from, at);
    if (!profile)
      return this.violation(at, `saw version ${result.profile!.version}, which was not the one at that time`);
    const { id } = result.profile!;
    if (!profilesBetween(this.truth, this.facts.clientId, from - slackMs, at + slackMs).includes(id))
      this.violation(at, `was checked by ${id}, which was not its profile at that time`);
    this.punctuality.saw({ id, periodMs: profile.periodMs }, at);
    this.memory.sees({ id, ...profile }, begunAt, at);
    this.rules = profile.rules;
    const standsFor = result.instant ?? begunAt;
    if (standsFor > heardAt + slackMs)
      this.violation(at, `stands for ${instant(standsFor)}, which is yet to come`);
    const seen = this.decide(step, standsFor, profile);
    this.startingAgain.checked();
    this.waits = result.decisions!.some(({ reason }) => reason === 'held' || reason === 'outside-hours');
    if (!seen) return;
    this.waitForOpening(seen, step);
    const sending = (reason: string) =>
      result.decisions!.filter((each) => each.reason === reason).map(({ rule }) => rule);
    const [low, recovered] = [sending('low'), sending('recovered')];
    this.promptness.checked(from, at, { ...seen, sends: low.length + recovered.length > 0 });
    for (const rule of profile.rules) this.memory.found(rule, isMet(rule, seen.row), seen.row.suspended);
    // Also where an unseen check made an end of it.
    for (const rule of sending('not-low')) this.memory.recovered(rule);
    // Rule 7: refilled while it was checked, it is checked again at once.
    const disturbed = Math.max(this.refilledAt, this.askedAt) >= begunAt - slackMs;
    if (low.length + recovered.length > 0)
      this.due = { low, recovered, standsFor, at, disturbed, knownRefillAt };
  }

  /** Rule 15: what each rule must have decided by what was seen. Answers what that was. */
  private decide(step: Checked, standsFor: number, profile: ProfileVersion): CheckSeen | undefined {
    const { decisions = [] } = step.result;
    this.tally.decisions += decisions.length;
    for (const { reason } of decisions)
      this.tally.reasons.set(reason, (this.tally.reasons.get(reason) ?? 0) + 1);
    const { seen, faults, foundNotMet } = judgeDecisions(this.truth, this.facts.clientId, step, {
      profile,
      memory: this.memory,
      standsFor,
      atOpening: this.openings.includes(standsFor) || standsFor === this.openedFor,
      // Rule 25: a check whose answer was lost with its worker is tried again, and counts as one.
      previousCheckAt: this.previousCheckAt,
      mayWait: this.startingAgain.mayWait(step.begunAt) || this.lostTasks.any(this.previousCheckAt, step.at),
    });
    for (const fault of faults) this.violation(step.at, fault);
    for (const rule of foundNotMet) this.memory.found(rule, false, false);
    if (this.openings.includes(standsFor)) this.openedFor = standsFor;
    return seen;
  }

  /** Rule 19: where a rule waits for sending hours, one more check comes when they open. */
  private waitForOpening({ profile }: CheckSeen, { begunAt, at, result }: Checked): void {
    this.openings = [];
    const { hours, periodMs } = profile;
    if (!hours || !result.decisions!.some(({ reason }) => reason === 'outside-hours')) return;
    const zones = this.truth.zones.get(this.facts.clientId) ?? [];
    this.openings = [begunAt, at].flatMap(
      (from) => nextOpening(hours, zones, from - slackMs, at + periodMs) ?? [],
    );
    if (this.openings.length > 0) this.punctuality.opensAt(Math.max(...this.openings));
  }

  private telling(at: number, { checkAt, deadlineAt, rules, recovered = [] }: TellingInput): void {
    this.tally.notices += 1;
    const keysOf = (all: TellingInput['rules']) => all.map(({ key }) => key).sort();
    const { due } = this;
    this.due = undefined;
    const told = { low: keysOf(rules), recovered: keysOf(recovered) };
    if (namesOf(told) !== namesOf(due))
      this.violation(at, `tells ${namesOf(told)}, and ${namesOf(due)} decided to send`);
    this.open = {
      ...told,
      checkAt,
      scheduledAt: at,
      deadlineAt,
      standsFor: due?.standsFor ?? checkAt,
      disturbed: false,
      refilled: false,
    };
  }

  /** Rule 25: what became of notices that were on their way when the workflow was stopped. */
  private takeUp({ checkAt, told }: Extract<Step, { kind: 'told' }>): void {
    const cut = this.startingAgain.takeUp(told);
    if (!cut) return;
    for (const key of cut.low) {
      const times = told.accepted.filter(({ rules }) => rules.includes(key)).map((each) => each.at);
      if (times.length === 0) continue;
      this.tally.accepted += 1;
      this.memory.told(key, Math.min(...times), { checkAt, standsFor: cut.standsFor });
    }
    for (const key of cut.recovered)
      if (told.accepted.some(({ recovered }) => recovered?.includes(key))) this.memory.recovered(key);
  }

  private told(at: number, checkAt: number, told: ToldResult): void {
    if (this.open?.checkAt !== checkAt) return;
    const { open } = this;
    this.open = undefined;
    this.punctuality.countFrom(at);
    this.promptness.countFrom(at);
    if (open.refilled) this.punctuality.mustRecheck(at);
    for (const fault of faultsOfChannels(this.facts, this.truth, open, at)) this.violation(at, fault);
    const settled = (key: string, times: readonly number[]) => {
      const { first, fault } = settledOf(this.truth, this.facts.clientId, this.tally, open, {
        key,
        times,
        at,
        refused: told.failed.length > 0,
      });
      if (fault !== undefined) this.violation(at, fault);
      return first;
    };
    for (const key of open.low) {
      const times = told.accepted.filter(({ rules }) => rules.includes(key)).map((each) => each.at);
      const first = settled(key, times);
      if (first !== undefined) this.memory.told(key, first, { checkAt, standsFor: open.standsFor });
    }
    for (const key of open.recovered) {
      const times = told.accepted.filter((each) => each.recovered?.includes(key)).map((each) => each.at);
      if (settled(key, times) !== undefined) this.memory.recovered(key);
    }
  }

  private endsWell(): void {
    const { found, memory, rules, ended } = this;
    const settled = !this.open && !this.due;
    const lastCheckAt = this.punctuality.lastCheckAt ?? 0;
    found.push(...violationsAtEnd(this.facts, this.truth, { memory, rules, ended, settled, lastCheckAt }));
  }

  private violation(at: number, what: string): void {
    this.found.push({ clientId: this.facts.clientId, at, what });
  }
}
