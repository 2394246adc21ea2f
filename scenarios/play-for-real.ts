import { webhookOf } from '../domain/notice-channel.js';
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createWatchActivities } from '../activities/create-activities.js';
import type { Activities } from '../activities/contract.js';
import { look } from '../activities/look.js';
import { assertNever } from '../domain/assert-never.js';
import { quietUntil } from '../domain/looks/quiet-until.js';
import { endReasonOf } from '../domain/reading.js';
import type { LedgerNotice } from '../delivery/ledger/ledger.js';
import { zoneOffsetOf, type ZoneOf } from '../domain/time-zone.js';
import { LookTimes } from './look-times.js';
import { createMemoryWatched } from './memory-watched.js';
import { createMemoryLedger, type MemoryLedger } from '../delivery/ledger/memory-ledger.js';
import { Recorder } from './recorder.js';
import type { Played, Story, StoryEvent, StoryNotice } from './story.js';
import { TimeLocks } from './time-locks.js';
import { untilIdle } from './until-idle.js';
import {
  checkNowUpdate,
  lookSignal,
  muteUpdate,
  profileChangedSignal,
  refillSignal,
  resetRuleUpdate,
  unmuteUpdate,
} from '../workflows/messages.js';
import type { watchClient } from '../workflows/watch-client.js';
import { eventText } from './timeline.js';
import { clientIdOf } from '../workflows/client-workflow-id.js';
import { carryOut } from './event-effects.js';
import { lookPartsOf, watchPartsOf, type StoryPlace } from './story-parts.js';
import { World, type Message } from './world.js';

/** What a story is played on: a time-skipping Temporal server and a worker of the task queue. */
export interface RealStage {
  readonly environment: TestWorkflowEnvironment;
  readonly taskQueue: string;
  readonly workflowId: string;
  /** The worker runs these activities from now on. */
  perform(activities: Omit<Activities, 'reconcile' | 'look'>): void;
  startWorker(): void;
  stopWorker(): Promise<void>;
}

/**
 * How long before a check the events of its instant happen: long enough for them to be through, short enough to round
 * to the same second.
 */
const leadMs = 400;
/** For so long a look's check is waited for, on a busy machine too. */
const calledWithinMs = 5_000;
/** By so much each look is later than the one before that woke the client. */
const aheadMs = 3_000;
/** More than a look and what follows of it may be late. */
const generousMs = 120_000;

/**
 * Plays a story with the real workflow on Temporal's time-skipping server, over billing data, ledger and mail in memory.
 * Times are read from the workflow's own checks.
 */
export async function playForReal(story: Story, stage: RealStage): Promise<Played> {
  const now = await stage.environment.currentTimeMs();
  const player = new Player(story, stage, now);
  try {
    return await player.play();
  } finally {
    await player.end();
  }
}

/** The server's clock cannot be set: its instants are shifted by so much to those of the story, where zones are asked. */
function shiftedZones(byMs: number): ZoneOf {
  return (...names) => {
    const zone = zoneOffsetOf(...names);
    return (at) => byMs + zone(at + byMs);
  };
}

class Player {
  private readonly story: Story;
  private readonly stage: RealStage;
  private readonly startAt: number;
  private readonly world: World;
  private readonly place: StoryPlace;
  private readonly recorder: Recorder;
  private readonly ledger: MemoryLedger;
  private readonly handle: WorkflowHandle;
  private readonly sent: Promise<unknown>[] = [];
  private readonly waiting: Message[] = [];
  private readonly watched = createMemoryWatched();
  private readonly looks = new LookTimes();
  /** The time of the last event or look. */
  private storyMs = 0;
  private woken = 0;
  private readonly locks: TimeLocks;
  private happened = 0;

  constructor(story: Story, stage: RealStage, startAt: number) {
    this.locks = new TimeLocks(stage.environment);
    this.story = story;
    this.stage = stage;
    this.startAt = startAt;
    this.world = new World(story, startAt);
    this.ledger = createMemoryLedger();
    this.handle = stage.environment.client.workflow.getHandle(stage.workflowId);
    this.recorder = new Recorder(story, {
      startAt,
      now: () => stage.environment.currentTimeMs(),
      happened: () => this.happened,
      isLocal: () => Context.current().info.isLocal,
    });
    this.place = {
      world: this.world,
      ledger: this.ledger,
      watched: this.watched,
      zoneOf: shiftedZones(story.startAt - startAt),
      now: () => stage.environment.currentTimeMs(),
    };
    stage.perform(this.recorder.over(createWatchActivities(watchPartsOf(this.place))));
  }

  async play(): Promise<Played> {
    const { events, untilMs } = this.story;
    for (const event of events.filter(({ atMs }) => atMs === 0)) await this.happen(event);
    await this.deliver([{ kind: 'reconcile' }], 0);
    await this.settle();
    for (const event of events.filter(({ atMs }) => atMs > 0 && atMs <= untilMs)) {
      await this.lookUntil(event.atMs);
      await this.sleepUntil(event.atMs);
      this.storyMs = event.atMs;
      this.looks.wake(event.atMs, this.world.canBeLookedAt);
      await this.happen(event);
      await this.settle();
    }
    await this.lookUntil(untilMs + 1);
    await this.sleepUntil(untilMs + 2 * leadMs);
    await this.settle();
    const told = this.told().filter(({ atMs }) => atMs <= untilMs);
    return { told, timeline: this.recorder.timeline.filter(({ atMs }) => atMs <= untilMs) };
  }

  /** Makes the looks that come before this time. They are later than events and checks of their instant. */
  private async lookUntil(beforeMs: number): Promise<void> {
    for (;;) {
      if (!this.world.canBeLookedAt) return;
      const nextMs = this.looks.nextMs(this.world.lookEveryMs);
      const atMs = Math.max(nextMs ?? Infinity, this.storyMs);
      if (atMs >= beforeMs) return;
      // Rule 17: a Period after a look that woke the client, the next one must not come a moment too soon.
      const lateMs = 2 * leadMs + this.woken * aheadMs;
      await this.sleepUntil(atMs + lateMs);
      await this.settle();
      this.storyMs = atMs;
      this.recorder.looks(atMs, lateMs);
      const wokenBefore = this.woken;
      const { calls } = this.recorder;
      await look(
        lookPartsOf(this.place, this.clientId, () => this.wakeForLook()),
        {},
        () => {},
      );
      if (this.woken === wokenBefore) {
        this.looks.done(atMs, await this.quietUntilMs());
        continue;
      }
      this.recorder.note(atMs, 'note', 'a look finds that rules would send');
      this.looks.done(atMs, atMs);
      await this.untilCalled(calls);
      await this.settle();
    }
  }

  /** Looks that would find nothing are not made. */
  private async quietUntilMs(): Promise<number> {
    const now = await this.stage.environment.currentTimeMs();
    const row = this.watched.rowAt(this.clientId, now);
    const { client, stored } = this.world.assigned();
    if (!row || !stored) return Infinity;
    const time = { now, instant: now, plannedAt: row.plannedAt, zoneOf: this.place.zoneOf };
    const quietAt = quietUntil(client, stored.profile, row.watch, time);
    return Math.min(quietAt, row.nextCheckAt) - this.startAt - generousMs;
  }

  /** Whatever came of the story, the next one finds a worker and no workflow. */
  async end(): Promise<void> {
    await this.locks.restore();
    if (!this.world.workerRuns) this.stage.startWorker();
    await Promise.allSettled(this.sent);
    if (await this.isRunning()) await this.handle.terminate('the story is over');
  }

  private async sleepUntil(atMs: number): Promise<void> {
    const ms = this.startAt + atMs - (await this.stage.environment.currentTimeMs());
    if (ms <= 0) return;
    const slept = this.stage.environment.sleep(ms);
    if (!this.world.workerRuns) await this.locks.releaseUntil(slept);
    await slept;
  }

  private async happen(event: StoryEvent): Promise<void> {
    this.recorder.note(event.atMs, 'event', eventText(event.event));
    const ran = this.world.workerRuns;
    const messages = carryOut(this.world, event);
    this.happened += 1;
    if (ran && !this.world.workerRuns) await this.stage.stopWorker();
    await this.deliver(messages, event.atMs);
    if (!ran && this.world.workerRuns) {
      await this.locks.restore();
      await this.deliver(this.waiting.splice(0), event.atMs);
      this.stage.startWorker();
    }
  }

  private async deliver(messages: readonly Message[], atMs: number): Promise<void> {
    for (const message of messages) {
      // Reconciliation is the worker's work too.
      if (message.kind === 'reconcile' && !this.world.workerRuns) this.waiting.push(message);
      else if (message.kind === 'reconcile') await this.reconcile(atMs);
      else if (await this.isRunning()) await this.send(message, atMs);
      if (messages.length > 1) await this.settle();
    }
  }

  private async reconcile(atMs: number): Promise<void> {
    if (await this.isRunning()) {
      await this.handle.signal(profileChangedSignal);
      return;
    }
    const { client, stored } = this.world.assigned();
    if (endReasonOf(client, stored?.profile)) return;
    await this.sleepUntil(atMs + leadMs);
    this.recorder.started(atMs);
    // Reconciliation writes a row of the client, which the first check may find (rule 25).
    this.watched.started(this.clientId);
    await this.stage.environment.client.workflow.start<typeof watchClient>('watchClient', {
      workflowId: this.stage.workflowId,
      taskQueue: this.stage.taskQueue,
      args: [{ clientId: this.clientId }],
    });
  }

  private async send(message: Exclude<Message, { kind: 'reconcile' }>, atMs: number): Promise<void> {
    switch (message.kind) {
      case 'refill':
        await this.handle.signal(refillSignal, {
          refillId: message.refillId,
          at: new Date(message.at).toISOString(),
        });
        return;
      case 'terminate':
        await this.handle.terminate('the story says so');
        return this.reconcile(atMs);
      case 'check-now':
        return this.update(() => this.handle.executeUpdate(checkNowUpdate));
      case 'mute':
        return this.update(() =>
          this.handle.executeUpdate(muteUpdate, { args: [{ until: new Date(message.until).toISOString() }] }),
        );
      case 'unmute':
        return this.update(() => this.handle.executeUpdate(unmuteUpdate));
      case 'reset-rule':
        return this.update(() =>
          this.handle.executeUpdate(resetRuleUpdate, { args: [{ rule: message.rule }] }),
        );
      default:
        assertNever(message);
    }
  }

  /** Without a worker nobody answers yet. */
  private async update(ask: () => Promise<unknown>): Promise<void> {
    const answered = ask();
    this.sent.push(answered);
    if (this.world.workerRuns) await answered;
  }

  private async isRunning(): Promise<boolean> {
    try {
      return (await this.handle.describe()).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  /** Waits until activities were called and have ended, which may begin a new run: then a query is not lost. */
  private async untilCalled(callsBefore: number): Promise<void> {
    const until = Date.now() + calledWithinMs;
    while (Date.now() < until && (this.recorder.calls === callsBefore || this.recorder.running > 0))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  /** Waits until the worker has nothing to do at this instant. */
  private async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3 && this.world.workerRuns;) {
      const { calls } = this.recorder;
      await untilIdle(this.stage.environment, this.handle, () => this.locks.releaseLost());
      const retryInMs = this.recorder.retryAt - (await this.stage.environment.currentTimeMs());
      const busy = this.recorder.running > 0 || calls !== this.recorder.calls || Math.abs(retryInMs) < 100;
      quiet = busy ? 0 : quiet + 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private told(): readonly StoryNotice[] {
    const notices = this.ledger.told();
    return [...new Set(notices.map(({ checkAt }) => checkAt))].map((checkAt) => {
      const ofCheck = notices.filter((notice) => notice.checkAt === checkAt);
      const sorted = (each: (notice: LedgerNotice) => readonly string[]) =>
        [...new Set(ofCheck.flatMap(each))].sort();
      return this.recorder.toldAt(checkAt, {
        rules: sorted(({ rules }) => rules),
        recovered: sorted(({ recovered }) => recovered),
        to: sorted(({ channel, recipients }) => (webhookOf(channel) === undefined ? recipients : [])),
        webhooks: sorted(({ channel, recipients }) => (webhookOf(channel) === undefined ? [] : recipients)),
      });
    });
  }

  private get clientId(): string {
    return clientIdOf(this.stage.workflowId) ?? this.stage.workflowId;
  }

  private async wakeForLook(): Promise<boolean> {
    if (!(await this.isRunning())) return false;
    await this.handle.signal(lookSignal);
    this.woken += 1;
    return true;
  }
}
