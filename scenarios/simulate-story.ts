import {
  afterCheck,
  beginCheck,
  firstAgenda,
  firstPeriodMs,
  replanned,
  type Agenda,
} from '../domain/agenda.js';
import { assertNever } from '../domain/assert-never.js';
import { checkClient, type ClientCheck } from '../domain/check-client.js';
import { noticesFor, type Notice } from '../domain/notices.js';
import type { Profile } from '../domain/profile/profile.js';
import { endReasonOf } from '../domain/reading.js';
import {
  countsOf,
  freshWatch,
  mute,
  noteRefill,
  noteTold,
  resetRule,
  unmute,
  type WatchState,
} from '../domain/watch-state.js';
import type { Played, Story, TimelineEntry, Told } from './story.js';
import { eventText, checkText, toldText } from './timeline.js';
import { World, type Message } from './world.js';

/** Any instant will do; this one leaves room for clients created ten years before. */
const startAt = 2_000_000_000_000;

/**
 * Plays a story by the same rules, agenda, counters and notices as the workflow, without Temporal: every instant is
 * exact, and what takes the service milliseconds takes no time.
 */
export function simulateStory(story: Story): Played {
  return new Simulation(story).play();
}

/** What the workflow of a client holds. */
interface Watching {
  state: WatchState;
  agenda: Agenda;
  periodMs: number;
  checkWanted: boolean;
  replanWanted: boolean;
  /** A check waits for the billing data to be readable. */
  waiting: boolean;
  pending: Pending | undefined;
}

/** Notices of one check that the provider has not accepted yet. */
interface Pending {
  readonly checkAt: number;
  readonly notices: readonly Notice[];
}

class Simulation {
  private readonly story: Story;
  private readonly world: World;
  private readonly told: Told[] = [];
  private readonly timeline: TimelineEntry[] = [];
  private readonly inbox: Message[] = [];
  private now = startAt;
  private watching: Watching | undefined;

  constructor(story: Story) {
    this.story = story;
    this.world = new World(story, startAt);
  }

  play(): Played {
    const events = [...this.story.events];
    const endAt = startAt + this.story.untilMs;
    this.inbox.push({ kind: 'reconcile' });
    for (let started = false; ;) {
      const eventAt = events[0] ? startAt + events[0].atMs : Infinity;
      // The first check comes after the events of the start.
      const dueAt = started ? this.dueAt() : startAt;
      const at = Math.min(eventAt, dueAt);
      if (at > endAt) return { told: this.told, timeline: this.timeline };
      this.now = at;
      if (eventAt <= dueAt) {
        const [event] = events.splice(0, 1);
        this.note('event', eventText(event!.event));
        this.inbox.push(...this.world.happen(event!));
        if (!started) continue;
      }
      started = true;
      this.act();
    }
  }

  /** When something happens by itself. */
  private dueAt(): number {
    if (!this.watching || !this.world.workerRuns || this.watching.waiting) return Infinity;
    return this.watching.agenda.next.at;
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
    if (this.world.billing === 'failing') return this.beginWaiting(watching);
    if (watching.replanWanted) return this.replan(watching);
    const due = this.now >= watching.agenda.next.at;
    const late = due && this.now > watching.agenda.next.at;
    if (watching.pending && !watching.checkWanted && !late && this.settle(watching)) return true;
    if (!watching.waiting && !watching.checkWanted && !due) return false;
    this.check(watching);
    return true;
  }

  private receive(message: Message): void {
    const { watching, now } = this;
    if (message.kind === 'reconcile') {
      if (watching) watching.replanWanted = true;
      else this.start();
      return;
    }
    if (!watching) return;
    switch (message.kind) {
      case 'refill': {
        const before = watching.state.lastRefillAt;
        watching.state = noteRefill(watching.state, message, now);
        if (watching.state.lastRefillAt !== before && (watching.pending || watching.waiting))
          watching.checkWanted = true;
        return;
      }
      case 'check-now':
        watching.checkWanted = true;
        return;
      case 'mute':
        watching.state = mute(watching.state, message.until);
        return;
      case 'unmute':
        watching.state = unmute(watching.state);
        return;
      case 'reset-rule':
        // What is accepted at this very instant comes after it: an event comes before a check.
        watching.state = resetRule(watching.state, message.rule, now - 1);
        return;
      default:
        assertNever(message);
    }
  }

  /** A client that is watched anew starts afresh. */
  private start(): void {
    const { client, profile } = this.world.assigned();
    if (endReasonOf(client, profile)) return;
    this.watching = {
      state: freshWatch,
      agenda: firstAgenda(this.now),
      periodMs: firstPeriodMs,
      checkWanted: false,
      replanWanted: false,
      waiting: false,
      pending: undefined,
    };
  }

  /** Rule 14: while the fault lasts the check waits for it to pass. */
  private beginWaiting(watching: Watching): boolean {
    const due = watching.checkWanted || this.now >= watching.agenda.next.at;
    if (watching.waiting || !due) return false;
    this.begin(watching);
    watching.waiting = true;
    this.note('check', 'the billing data cannot be read: waits until it can');
    return true;
  }

  private begin(watching: Watching): void {
    if (watching.pending) this.note('note', 'what was not accepted is withdrawn');
    watching.pending = undefined;
    watching.checkWanted = false;
    watching.agenda = beginCheck(watching.agenda, this.now);
  }

  private replan(watching: Watching): boolean {
    watching.replanWanted = false;
    if (this.world.billing === 'broken') return true;
    const { client, profile } = this.world.assigned();
    const ended = endReasonOf(client, profile);
    if (ended) this.end(ended);
    else watching.agenda = replanned(watching.agenda, profile!.periodMs, this.now);
    return true;
  }

  private end(reason: string): void {
    this.note('note', `watched no more: ${reason}`);
    this.watching = undefined;
  }

  private check(watching: Watching): void {
    if (!watching.waiting) this.begin(watching);
    watching.waiting = false;
    watching.checkWanted = false;
    if (this.world.billing === 'broken') {
      this.note('check', 'the billing data cannot be read, and no retry would help');
      watching.agenda = afterCheck(watching.agenda, watching.periodMs, this.now);
      return;
    }
    const { client, profile } = this.world.assigned();
    const ended = endReasonOf(client, profile);
    if (ended) {
      this.end(ended);
      return;
    }
    this.decide(watching, profile!, checkClient(client, profile!, watching.state, this.now));
  }

  private decide(watching: Watching, profile: Profile, found: ClientCheck): void {
    watching.state = found.watch;
    watching.periodMs = profile.periodMs;
    watching.agenda = afterCheck(watching.agenda, profile.periodMs, this.now);
    this.note('check', checkText(found.reading, found.decisions));
    const sending = found.decisions.filter(({ decision }) => decision === 'send').map(({ rule }) => rule);
    const notices = noticesFor(profile, this.world.assigned().client, sending);
    if (notices.length > 0) watching.pending = { checkAt: this.now, notices };
  }

  /** The provider is asked; answers whether it settled the notices. */
  private settle(watching: Watching): boolean {
    const { checkAt, notices } = watching.pending!;
    const { client, profile } = this.world.assigned();
    if (this.world.billing !== 'readable') return false;
    if (endReasonOf(client, profile) || client.status === 'suspended') {
      this.note('note', 'what was not accepted is withdrawn');
    } else if (this.world.mail === 'refuses') {
      return false;
    } else if (this.world.mail === 'accepts') {
      watching.state = noteTold(
        watching.state,
        notices.map(({ rules }) => ({ rules, at: this.now })),
      );
      this.tell(watching.state, checkAt, notices);
    } else {
      this.note('note', 'the mail provider refuses it for good');
    }
    watching.pending = undefined;
    return true;
  }

  private tell(state: WatchState, checkAt: number, notices: readonly Notice[]): void {
    const rules = [...new Set(notices.flatMap((notice) => notice.rules))].sort();
    const told: Told = {
      atMs: checkAt - startAt,
      rules,
      to: [...new Set(notices.flatMap(({ recipients }) => recipients))].sort(),
      count: countsOf(state),
    };
    this.told.push(told);
    this.note('told', toldText(told));
  }

  private note(what: TimelineEntry['what'], text: string): void {
    this.timeline.push({ atMs: this.now - startAt, what, text });
  }
}
