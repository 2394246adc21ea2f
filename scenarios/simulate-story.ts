import { nextCheckAt } from '../domain/agenda.js';
import { assertNever } from '../domain/assert-never.js';
import { checkClient } from '../domain/check-client.js';
import { countsOf, resetRule } from '../domain/cycle/counters.js';
import { takeUp } from '../domain/cycle/take-up.js';
import { unrecoveredCheck } from '../domain/cycle/told.js';
import { unmute, type WatchState } from '../domain/cycle/watch-state.js';
import { sendingRules } from '../domain/decide.js';
import { noticesFor, type Notice, type Recovery } from '../domain/notices.js';
import { webhookOf } from '../domain/notice-channel.js';
import type { RuleKey } from '../domain/profile/profile.js';
import { isLookedAt } from '../domain/looks/looked-profile.js';
import { quietUntil } from '../domain/looks/quiet-until.js';
import { endReasonOf } from '../domain/reading.js';
import { beginWatching } from '../domain/watching/carried.js';
import type { CheckReport, CheckInput, CheckResult, TakenUp } from '../domain/watching/check.js';
import { checkTimeOf } from '../domain/watching/check-time.js';
import { checkedOf } from '../domain/watching/checked.js';
import { leavingOf } from '../domain/watching/standing.js';
import { unsentOf } from '../domain/watching/unsent.js';
import {
  closingOf,
  deadlineOf,
  endCheck,
  nextStep,
  noteCheck,
  noteMissing,
  noteNotices,
  notePlanned,
  noteWithdrawn,
  receiveLook,
  receiveMute,
  receiveRefill,
  startCheck,
  wantCheck,
  wantedNotices,
  type Watching,
} from '../domain/watching/watching.js';
import { LookTimes } from './look-times.js';
import type { LimitAt, Played, Story, TimelineEntry, StoryNotice } from './story.js';
import { checkText, eventText, toldText } from './timeline.js';
import { carryOut } from './event-effects.js';
import { storyClientId, World, type Message } from './world.js';

/**
 * Plays a story over the same `Watching` as the workflow, without Temporal: every instant is exact, and what takes the
 * service milliseconds takes no time.
 */
export function simulateStory(story: Story): Played {
  return new Simulation(story).play();
}

/** Notices of one check that are not accepted yet. */
interface Sending {
  readonly checkAt: number;
  readonly instant: number;
  readonly notices: readonly Notice[];
  readonly report: CheckReport;
}

class Simulation {
  private readonly story: Story;
  private readonly world: World;
  private readonly startAt: number;
  private readonly told: StoryNotice[] = [];
  private readonly timeline: TimelineEntry[] = [];
  private readonly limits: LimitAt[] = [];
  private readonly inbox: Message[] = [];
  /** Accepted notices by their check, as the ledger has them. */
  private readonly accepted = new Map<number, readonly Notice[]>();
  private now: number;
  private watching: Watching | undefined;
  private sending: Sending | undefined;
  /** A check waits for the billing data to be readable. */
  private waiting: CheckInput | undefined;
  /** The client's row: what the last check, its notices and operators left, and the planned check that it stood for. */
  private row:
    { readonly watch: WatchState; readonly plannedAt: number; readonly waits: boolean } | undefined;
  private readonly looks = new LookTimes();
  /** Notices that were refused for good. */
  private failed: readonly { readonly checkAt: number; readonly rules: readonly RuleKey[] }[] = [];
  /** What the last workflow of the client knew at its end. */
  private earlier: TakenUp | undefined;

  constructor(story: Story) {
    this.story = story;
    this.startAt = story.startAt;
    this.now = story.startAt;
    this.world = new World(story, story.startAt);
  }

  play(): Played {
    const events = [...this.story.events];
    const endAt = this.startAt + this.story.untilMs;
    this.inbox.push({ kind: 'reconcile' });
    for (let started = false; ;) {
      const eventAt = events[0] ? this.startAt + events[0].atMs : Infinity;
      // The first check comes after the events of the start.
      const dueAt = started ? this.dueAt() : this.startAt;
      const lookAt = started ? this.lookAt() : Infinity;
      const at = Math.min(eventAt, dueAt, lookAt);
      if (at > endAt) return { told: this.told, timeline: this.timeline, limits: this.limits };
      this.now = at;
      if (lookAt < Math.min(eventAt, dueAt)) {
        this.look();
        continue;
      }
      this.looks.wake(at - this.startAt, this.world.canBeLookedAt);
      if (eventAt <= dueAt) {
        const [event] = events.splice(0, 1);
        this.note('event', eventText(event!.event));
        this.inbox.push(...carryOut(this.world, event!));
        if (!started) continue;
      }
      started = true;
      this.act();
    }
  }

  /** When something happens by itself. */
  private dueAt(): number {
    if (!this.watching || !this.world.workerRuns || this.waiting) return Infinity;
    // Planning anew waits for the billing data, and the next check for that.
    if (this.watching.replanWanted && !this.sending && this.world.billing === 'failing') return Infinity;
    return this.sending ? deadlineOf(this.watching, this.sending.report) : nextCheckAt(this.watching.agenda);
  }

  /** When the next look comes. One that was due while no worker ran, or billing data could not be read, is made up for at once. */
  private lookAt(): number {
    if (!this.world.canBeLookedAt) return Infinity;
    const nextMs = this.looks.nextMs(this.world.lookEveryMs);
    return nextMs === undefined ? Infinity : Math.max(this.now, this.startAt + nextMs);
  }

  /** Rule 18: decides by what a look would see, and wakes the workflow where rules would send. */
  private look(): void {
    const { watching, row, now } = this;
    const done = (quietAt: number) => this.looks.done(now - this.startAt, quietAt - this.startAt);
    const { client, stored } = this.world.assigned();
    const profile = stored?.profile;
    const left = !watching || !row || this.sending !== undefined || watching.known.missing !== undefined;
    if (left || !profile || !isLookedAt(profile) || endReasonOf(client, profile)) return done(Infinity);
    const time = { now, instant: now, plannedAt: row.plannedAt };
    const { decisions } = checkClient(client, profile, row.watch, time);
    const failed = this.failed.filter(({ checkAt }) => checkAt >= row.plannedAt);
    const sends = decisions.some(
      ({ rule, decision }) => decision === 'send' && !failed.some(({ rules }) => rules.includes(rule)),
    );
    if (!sends) return done(quietUntil(client, profile, row.watch, time));
    done(now);
    this.note('note', 'a look finds that rules would send');
    this.watching = receiveLook(watching);
    this.act();
  }

  /** Everything that a running worker does at this instant. */
  private act(): void {
    if (!this.world.workerRuns) return;
    while (this.step()) {
      // Each step does one thing, and leaves less to do.
    }
  }

  /** Does the next thing there is to do now; false where there is none. */
  private step(): boolean {
    const message = this.inbox.shift();
    if (message) {
      this.receive(message);
      return true;
    }
    const { watching } = this;
    if (!watching) return false;
    if (this.sending) return this.goOnSending(watching, this.sending);
    if (this.waiting) return this.goOnWaiting(this.waiting);
    const step = nextStep(watching, this.now >= nextCheckAt(watching.agenda));
    switch (step) {
      case 'sleep':
        return false;
      case 'remember':
        this.watching = { ...watching, rememberWanted: false };
        this.remember(watching.watch);
        return true;
      case 'replan':
        return this.replan(watching);
      case 'check':
        this.check(watching);
        return true;
      default:
        return assertNever(step);
    }
  }

  private receive(message: Message): void {
    const { watching, now } = this;
    if (message.kind === 'reconcile') {
      if (watching) this.watching = { ...watching, replanWanted: true };
      else this.start();
      return;
    }
    if (!watching) return;
    switch (message.kind) {
      case 'terminate':
        this.end('its workflow was terminated');
        this.start();
        return;
      case 'refill':
        this.watching = receiveRefill(watching, message, now);
        return;
      case 'check-now':
        this.watching = wantCheck(watching, { extra: 'own', why: 'an operator asked for a check' });
        return;
      case 'mute':
        this.watching = { ...receiveMute(watching, message.until), rememberWanted: true };
        return;
      case 'unmute':
        return this.change(unmute(watching.watch));
      case 'reset-rule':
        // What is accepted at this very instant comes after it: an event comes before a check.
        return this.change(resetRule(watching.watch, message.rule, now - 1));
      default:
        assertNever(message);
    }
  }

  private change(watch: WatchState): void {
    this.watching = { ...this.watching!, watch, rememberWanted: true };
  }

  private remember(watch: WatchState): void {
    if (this.row) this.row = { ...this.row, watch };
  }

  private start(): void {
    const { client, stored } = this.world.assigned();
    if (endReasonOf(client, stored?.profile)) return;
    this.watching = beginWatching(storyClientId, undefined, {}, this.now);
  }

  /** A workflow that starts again goes on with what this one knew (rule 25). */
  private end(reason: string): void {
    this.note('note', `watched no more: ${reason}`);
    if (this.row) {
      const { waits, ...row } = this.row;
      this.earlier = { ...row, ...(waits || this.sending ? {} : { checkedFor: row.plannedAt }) };
    }
    this.withdraw();
    this.watching = undefined;
    this.waiting = undefined;
  }

  private withdraw(): void {
    if (this.sending) this.note('note', 'what was not accepted is withdrawn');
    this.sending = undefined;
  }

  private replan(watching: Watching): boolean {
    // Rule 14: it waits until the billing data can be read.
    if (this.world.billing === 'failing') return false;
    const rest = { ...watching, replanWanted: false };
    this.watching = rest;
    if (this.world.billing === 'broken') return true;
    const { client, stored } = this.world.assigned();
    const missingSince = watching.known.missing?.since;
    const leaving = leavingOf({ client, profile: stored?.profile, missingSince, now: this.now });
    if (leaving?.kind === 'ended') this.end(leaving.reason);
    else if (leaving) this.watching = noteMissing(rest, leaving);
    else this.watching = notePlanned(rest, stored!.profile.periodMs, this.now);
    return true;
  }

  private check(watching: Watching): void {
    const started = startCheck(watching, this.now);
    this.watching = started.watching;
    if (this.world.billing !== 'failing') return this.answer(started.input);
    this.waiting = started.input;
    this.note('check', 'the billing data cannot be read: waits until it can');
  }

  /** Rule 14: while the fault lasts the check waits for it to pass. */
  private goOnWaiting(input: CheckInput): boolean {
    if (this.world.billing === 'failing') return false;
    this.waiting = undefined;
    this.answer({ ...input, watch: this.watching!.watch });
    return true;
  }

  private answer(input: CheckInput): void {
    const result = this.resultOf(input);
    if (result.kind === 'ended') return this.end(result.reason);
    const watching = noteCheck(this.watching!, result, this.now);
    this.watching = watching;
    const notices = wantedNotices(watching, result);
    if (notices) this.send(watching, notices);
    if (!this.sending) this.watching = endCheck(this.watching);
  }

  private resultOf(input: CheckInput): CheckResult {
    if (this.world.billing === 'broken') {
      this.note('check', 'the billing data cannot be read, and no retry would help');
      return { kind: 'unreadable', reason: 'broken' };
    }
    const { client, stored } = this.world.assigned();
    const { now } = this;
    const { missingSince } = input;
    const leaving = leavingOf({ client, profile: stored?.profile, missingSince, now });
    if (leaving) {
      if (leaving.kind === 'missing') this.note('check', leaving.reason);
      return leaving;
    }
    const { profile } = stored!;
    const takenUp = input.watch.profileId === undefined ? this.takenUp(input.watch, profile.id) : undefined;
    const time = checkTimeOf(input, takenUp, profile.periodMs, now);
    const found = checkClient(client, profile, takenUp?.watch ?? input.watch, time);
    this.row = {
      watch: found.watch,
      plannedAt: time.plannedAt,
      waits: unsentOf(found.decisions) === 'waits',
    };
    this.note('check', checkText(found.reading, found.decisions));
    const atMs = now - this.startAt;
    for (const { rule, threshold: limit } of found.decisions) this.limits.push({ atMs, rule, limit });
    return checkedOf({ client, stored: stored!, found, time, takenUp, unreached: [] });
  }

  private takenUp(own: WatchState, profileId: string): TakenUp | undefined {
    if (!this.earlier) return undefined;
    const { checkedFor, ...earlier } = this.earlier;
    const same = earlier.watch.profileId === profileId;
    return {
      ...earlier,
      watch: takeUp(own, earlier.watch),
      ...(same && checkedFor !== undefined ? { checkedFor } : {}),
    };
  }

  /** Hands the notices of a check over. */
  private send(watching: Watching, report: CheckReport): void {
    const { decisions, instant = this.now } = report;
    const { client, stored } = this.world.assigned();
    const recoveries = sendingRules(decisions, 'recovered').map((rule) => this.recoveryOf(watching, rule));
    const notices = noticesFor(stored!.profile, client, sendingRules(decisions, 'low'), recoveries);
    const unreached = recoveries.filter(({ reached }) => reached.length === 0).map(({ rule }) => rule);
    this.watching = noteNotices(watching, {
      accepted: unreached.length === 0 ? [] : [{ rules: [], recovered: unreached, at: this.now }],
      failed: [],
    });
    if (notices.length > 0) this.sending = { checkAt: this.now, instant, notices, report };
  }

  private recoveryOf({ watch }: Watching, rule: RuleKey): Recovery {
    const told = this.accepted.get(unrecoveredCheck(watch, rule) ?? NaN) ?? [];
    const reached = told
      .filter(({ rules }) => rules.includes(rule))
      .flatMap(({ audience, channel, recipients }) =>
        recipients.map((address) => ({ address, audience, channel })),
      );
    return { rule, reached };
  }

  private goOnSending(watching: Watching, sending: Sending): boolean {
    const readable = this.world.billing !== 'failing';
    const dueAt = nextCheckAt(watching.agenda);
    const closed = this.now >= (closingOf(sending.report) ?? Infinity);
    if (watching.replanWanted && readable) return this.replan(watching);
    const inTime = this.now <= dueAt && !closed;
    if (!watching.checkWanted && inTime && this.settle(watching, sending)) return true;
    if (!watching.checkWanted && this.now < dueAt && !closed) return false;
    this.withdraw();
    this.watching = endCheck(noteWithdrawn(watching, sending.report));
    return true;
  }

  /** The provider is asked; answers whether it settled the notices. */
  private settle(watching: Watching, { checkAt, instant, notices }: Sending): boolean {
    const { client, stored } = this.world.assigned();
    if (this.world.billing !== 'readable') return false;
    const leaves = endReasonOf(client, stored?.profile) !== undefined || client.status === 'suspended';
    if (!leaves && this.world.mail === 'refuses') return false;
    let told = watching;
    if (leaves) this.note('note', 'what was not accepted is withdrawn');
    else if (this.world.mail === 'rejects') {
      this.note('note', 'the mail provider refuses it for good');
      const rules = notices.flatMap((notice) => [...notice.rules, ...notice.recovered]);
      this.failed = [...this.failed, { checkAt, rules }];
    } else {
      const accepted = notices.map(({ rules, recovered }) => ({
        rules,
        recovered,
        at: this.now,
        checkAt,
        instant,
      }));
      told = noteNotices(watching, { accepted, failed: [] });
      this.accepted.set(checkAt, notices);
      this.remember(told.watch);
      this.tell(told.watch, checkAt, notices);
    }
    this.sending = undefined;
    this.watching = endCheck(told);
    return true;
  }

  private tell(watch: WatchState, checkAt: number, notices: readonly Notice[]): void {
    const sorted = (each: (notice: Notice) => readonly string[]) =>
      [...new Set(notices.flatMap(each))].sort();
    const told: StoryNotice = {
      atMs: checkAt - this.startAt,
      rules: sorted(({ rules }) => rules),
      recovered: sorted(({ recovered }) => recovered),
      to: sorted(({ channel, recipients }) => (webhookOf(channel) === undefined ? recipients : [])),
      webhooks: sorted(({ channel, recipients }) => (webhookOf(channel) === undefined ? [] : recipients)),
      count: countsOf(watch),
    };
    this.told.push(told);
    this.note('sent', toldText(told));
  }

  private note(what: TimelineEntry['what'], text: string): void {
    this.timeline.push({ atMs: this.now - this.startAt, what, text });
  }
}
