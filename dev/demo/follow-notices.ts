import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../stack.js';
import type { Timeline } from './timeline.js';
import type { AcceptedNotice, StoryClient } from './world.js';

/** Prints each notice to these clients as the mailbox gets it. Returns how to stop, after the last one is printed. */
export function followNotices(
  stack: Stack,
  clients: readonly StoryClient[],
  timeline: Timeline,
  maxQty: number,
): () => Promise<void> {
  const shown = new Set<string>();
  const ending = new AbortController();

  async function showNew(): Promise<void> {
    for (const client of clients) {
      for (const notice of await client.notices()) {
        if (shown.has(notice.id)) continue;
        shown.add(notice.id);
        show(client, notice);
      }
    }
  }

  function show(client: StoryClient, { id, audience, rules }: AcceptedNotice): void {
    const [mail] = stack.mailbox.mailsOf(id);
    const who = audience === 'staff' ? 'The staff' : 'The client';
    const to = mail ? ` at ${mail.recipients.join(', ')}` : '';
    timeline.seen(
      `${who} is told${to}: ${client.name}, rule ${rules.join(' and ')} (at most ${maxQty} a cycle)`,
      mail ? mail.url : stack.addresses.mailboxUrl,
    );
  }

  const followed = (async () => {
    while (!ending.signal.aborted) {
      await showNew();
      await sleep(200);
    }
    await showNew();
  })();
  return async () => {
    ending.abort();
    await followed;
  };
}
