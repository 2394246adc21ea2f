import { ApplicationFailure } from '@temporalio/common';
import type {
  Activities,
  CheckInput,
  CheckResult,
  NotifyInput,
  NoticesOutcome,
} from '../activities/contract.js';
import { assignProfile, countsOf } from '../domain/cycle/counters.js';
import { noteFound } from '../domain/cycle/found.js';
import { noteRefill } from '../domain/cycle/refills.js';
import type { Story, StoryEvent, TimelineEntry, StoryNotice } from './story.js';
import { checkText } from './timeline.js';

/** A check this late is not the planned one. */
const latestMs = 5_000;

type Watching = Omit<Activities, 'reconcile' | 'look'>;

interface SeenCheck {
  readonly atMs: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** What the recorder needs of the stage that the story is played on. */
export interface Stage {
  /** The story's start, epoch milliseconds. */
  readonly startAt: number;
  now(): Promise<number>;
  /** How many events of the story have happened. */
  happened(): number;
  /** The current activity is a local one: it is not retried by the server. */
  isLocal(): boolean;
}

/** Stands between the workflow and its activities: retries when something happens, and notes what was sent. */
export class Recorder {
  /** Activities under way. */
  running = 0;
  /** Grows with every activity. */
  calls = 0;
  /** A retry that comes as soon as the server's clock is there, epoch milliseconds. */
  retryAt = 0;
  readonly timeline: TimelineEntry[] = [];
  /** The checks that were to notify somebody, by their instant in the workflow. */
  private readonly telling = new Map<number, { readonly input: NotifyInput; readonly check: SeenCheck }>();
  private readonly story: Story;
  private readonly stage: Stage;
  private readonly plannedSeen = new Set<number>();
  private startedMs = 0;
  private look = { atMs: -Infinity, lateMs: 0 };
  private originAt: number | undefined;
  private latest: SeenCheck = { atMs: 0, counts: {} };

  constructor(story: Story, stage: Stage) {
    this.story = story;
    this.stage = stage;
  }

  /** The client's workflow is started, at this time of the story. */
  started(atMs: number): void {
    this.startedMs = atMs;
    this.plannedSeen.clear();
  }

  /** A look at the fleet of this time of the story comes now, so much later. */
  looks(atMs: number, lateMs: number): void {
    this.look = { atMs, lateMs };
  }

  note(atMs: number, what: TimelineEntry['what'], text: string): void {
    this.timeline.push({ atMs, what, text });
  }

  /** The activities, observed. */
  over(activities: Watching): Watching {
    return {
      check: (input) => this.observe(async () => this.checked(input, await activities.check(input))),
      replan: (clientId) => this.observe(() => activities.replan(clientId)),
      notify: (input) =>
        this.observe(async () => {
          this.telling.set(input.checkAt, {
            input,
            check: this.telling.get(input.checkAt)?.check ?? this.latest,
          });
          return this.notified(await activities.notify(input));
        }),
      withdraw: (input) => this.observe(() => activities.withdraw(input)),
      remember: (input) => this.observe(() => activities.remember(input)),
    };
  }

  /** Notices of one check that were accepted, as a scenario expects them. */
  toldAt(checkAt: number, said: Pick<StoryNotice, 'rules' | 'recovered' | 'to' | 'webhooks'>): StoryNotice {
    const { rules } = said;
    const { input, check } = this.telling.get(checkAt)!;
    const sent = input.rules
      .filter(({ key }) => rules.includes(key))
      .map(({ key, reminder }) => [key, reminder]);
    return { atMs: check.atMs, ...said, count: { ...check.counts, ...Object.fromEntries(sent) } };
  }

  /** A retry would come some time in the next five minutes; here it comes when something has happened. */
  private async observe<T>(call: () => Promise<T>): Promise<T> {
    this.calls += 1;
    this.running += 1;
    try {
      return await call();
    } catch (error) {
      if (this.stage.isLocal() || !(error instanceof Error) || error.name === 'CancelledFailure') throw error;
      const next = this.story.events.slice(this.stage.happened()).find(mayMend);
      const now = await this.stage.now();
      const inMs = next
        ? Math.max(0, this.stage.startAt + next.atMs - now) + 20
        : this.story.untilMs + 60_000;
      this.retryAt = now + inMs;
      throw ApplicationFailure.create({ message: error.message, cause: error, nextRetryDelay: inMs });
    } finally {
      this.running -= 1;
      this.calls += 1;
    }
  }

  private async checked(input: CheckInput, result: CheckResult): Promise<CheckResult> {
    const now = await this.stage.now();
    const atMs = this.timeOf(input, now);
    if (result.kind !== 'checked') {
      this.note(atMs, 'check', result.kind === 'ended' ? `watched no more: ${result.reason}` : result.reason);
      return result;
    }
    const { lastRefillAt, readAt = now } = result;
    const refilled =
      lastRefillAt === null
        ? input.watch
        : noteRefill(input.watch, { at: lastRefillAt }, Math.max(now, readAt));
    const found = noteFound(assignProfile(refilled, result.profile.id), result.decisions, now);
    this.latest = { atMs, counts: countsOf(found) };
    this.note(atMs, 'check', checkText(result, result.decisions));
    return result;
  }

  private notified(told: NoticesOutcome): NoticesOutcome {
    const rules = told.accepted.flatMap((each) => [...each.rules, ...(each.recovered ?? [])]);
    if (rules.length > 0) this.note(this.latest.atMs, 'sent', [...new Set(rules)].sort().join(', '));
    for (const { reason } of told.failed) this.note(this.latest.atMs, 'note', reason);
    return told;
  }

  /** The time of a check, without the milliseconds that the service needs. */
  private timeOf({ plannedAt, extra, dueAt }: CheckInput, now: number): number {
    // A workflow that starts again goes on with the grid of the one before.
    this.originAt ??= plannedAt - this.startedMs;
    const planned = !this.plannedSeen.has(plannedAt) && now - plannedAt < latestMs;
    if (planned) {
      this.plannedSeen.add(plannedAt);
      return Math.round((plannedAt - this.originAt) / 1_000) * 1_000;
    }
    // On a busy machine a check comes some time after the opening or closing that it is made for.
    if (extra === 'opening' || extra === 'closing')
      return Math.round((dueAt - this.stage.startAt) / 1_000) * 1_000;
    // An extra check comes because of an event, or of a look.
    const sinceStart = now - this.stage.startAt;
    const event = this.story.events.findLast(({ atMs }) => atMs <= sinceStart);
    const lookMs = this.look.atMs + this.look.lateMs;
    if (lookMs >= (event?.atMs ?? -Infinity) && sinceStart - lookMs < latestMs) return this.look.atMs;
    if (event && sinceStart - event.atMs < latestMs) return event.atMs;
    return Math.round(sinceStart / 1_000) * 1_000;
  }
}

/**
 * After such an event another attempt may come out differently. After all others it would not, and it must not meet the
 * cancellation that a refill asks for: the test server then waits for it for ever.
 */
function mayMend({ event }: StoryEvent): boolean {
  return event.mailFails !== undefined || event.readFails !== undefined || event.status === 'suspended';
}
