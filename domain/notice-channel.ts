/** How a notice goes out: `email`, or one webhook of a reseller by its name. It is in the notice's id. */
export type NoticeChannel = 'email' | `webhook:${string}`;

/** Room of the ledger's column, less the prefix. */
export const longestWebhookName = 55;

export function webhookChannel(name: string): NoticeChannel {
  return `webhook:${name}`;
}

/** The name of the webhook; undefined for another channel. */
export function webhookOf(channel: string): string | undefined {
  return channel.startsWith('webhook:') ? channel.slice('webhook:'.length) : undefined;
}
