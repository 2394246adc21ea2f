import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../stack.js';
import type { Timeline } from './timeline.js';
import type { AcceptedNotice, StoryClient } from './world.js';

/** Prints notices as they are accepted. */
export interface FollowedNotices {
  /** Prints now what came since it last looked. */
  showNew(): Promise<void>;
  /** Ends after the last one is printed. */
  stop(): Promise<void>;
}

/** Prints each notice about these clients as the mailbox or the receiver of webhooks gets it. */
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

  function show(client: StoryClient, notice: AcceptedNotice): void {
    const [said, link] = notice.webhook === undefined ? mailOf(notice) : webhookOf(notice, notice.webhook);
    timeline.seen(`${said}: ${client.name}, ${contentOf(notice)}`, link);
  }

  function mailOf({ id, audience }: AcceptedNotice): readonly [string, string] {
    const [mail] = stack.mailbox.mailsOf(id);
    const who = audience === 'staff' ? 'The staff are' : 'The client is';
    const how = mail ? ` at ${mail.recipients.join(', ')} by ${mail.from}` : '';
    return [`${who} notified${how}`, mail ? mail.url : stack.addresses.mailboxUrl];
  }

  function webhookOf({ id }: AcceptedNotice, name: string): readonly [string, string] {
    const got = stack.webhooks.received().find((each) => each.id === id);
    const what = got ? ` with ${got.notice.type}, and its receiver verifies the signature` : '';
    return [`The webhook ${name} of the reseller is called${what}`, stack.webhooks.url];
  }

  function contentOf({ reminders, recovered }: AcceptedNotice): string {
    return [
      ...(reminders.length > 0 ? [`reminder ${reminders.join(' and ')}`] : []),
      ...recovered.map((rule) => `${rule} has recovered`),
    ].join('; ');
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
