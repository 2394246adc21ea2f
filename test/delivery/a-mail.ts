import type { Message } from '../../delivery/message.js';
import type { Renderer } from '../../delivery/email/renderer.js';

let count = 0;

export function aMail(changes: Partial<Message> = {}): Message {
  count += 1;
  return {
    noticeId: `00000000-0000-8000-a000-${String(count).padStart(12, '0')}`,
    clientId: 'c-1',
    audience: 'client',
    profileId: 'acme/prepaid',
    workflowId: 'low-balance:client:c-1',
    recipients: ['billing@client.example'],
    language: null,
    timeZone: null,
    facts: {
      clientName: 'Client One',
      resellerName: 'Acme',
      profileName: 'Prepaid',
      availableBalance: '40',
      currency: 'USD',
      checkedAt: 0,
      nextCheckAt: 86_400_000,
      rules: [],
    },
    ...changes,
  };
}

/** Words that show what they were made from. */
export const plainRenderer: Renderer = {
  render: ({ facts }) => ({
    subject: `Low balance: ${facts.clientName}`,
    text: `${facts.clientName}: ${facts.availableBalance} ${facts.currency}`,
    html: '<p>low</p>',
    language: 'en',
  }),
};
