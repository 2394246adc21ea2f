import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../stack.js';
import type { Timeline } from './timeline.js';
import type { AcceptedNotice, StoryClient } from './world.js';

/** Prints notices as the mailbox gets them. */
export interface FollowedNotices {
  /** Prints now what came since it last looked. */
  showNew(): Promise<void>;
  /** Ends after the last one is printed. */
  stop(): Promise<void>;
}

/** Prints each notice to these clients as the mailbox gets it. */
export function followNotices(
  stack: Stack,
  clients: readonly StoryClient[],
  timeline: Timeline,
): FollowedNotices {
  const shown = new Set<string>();
  const ending = new AbortController();

  async function look(): Promise<void> {
    for (const client of clients) {
      for (const notice of await client.notices()) {
        if (shown.has(notice.id)) continue;
        shown.add(notice.id);
        show(client, notice);
      }
    }
  }

  function show(client: StoryClient, { id, audience, reminders, recovered }: AcceptedNotice): void {
    const [mail] = stack.mailbox.mailsOf(id);
    const who = audience === 'staff' ? 'The staff' : 'The client';
    const to = mail ? ` at ${mail.recipients.join(', ')}` : '';
    timeline.seen(
      `${who} ${audience === 'staff' ? 'are' : 'is'} notified${to}: ${client.name}, ${[
        ...(reminders.length > 0 ? [`reminder ${reminders.join(' and ')}`] : []),
        ...recovered.map((rule) => `${rule} has recovered`),
      ].join('; ')}`,
      mail ? mail.url : stack.addresses.mailboxUrl,
    );
  }

  let looking: Promise<void> = Promise.resolve();
  // One look at a time, so that none is printed twice.
  const showNew = () => (looking = looking.then(look));
  const followed = (async () => {
    while (!ending.signal.aborted) {
      await showNew();
      await sleep(200);
    }
    await showNew();
  })();
  return {
    showNew,
    async stop() {
      ending.abort();
      await followed;
    },
  };
}
