import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Branding, Message } from '../delivery/message.js';
import { createRenderer } from '../delivery/email/render.js';
import { sampleMail } from '../delivery/email/sample-mail.js';
import { environment } from '../worker/settings.js';
import { provideChromium } from './chromium.js';
import { progressOnStderr } from './progress.js';

// Makes the pictures of docs/mail.md: `node dist/dev/screenshot-mails.js`.

const folder = fileURLToPath(new URL('../../docs/screenshots/mails/', import.meta.url));

const acme: Branding = {
  name: 'Acme Carrier Services',
  color: '#d9822b',
  topUpUrl: 'https://portal.acme.example/top-up?client={clientId}',
  support: { email: 'support@acme.example', phone: '+1 555 0100' },
};
const globex: Branding = {
  name: 'Globex Telecom',
  color: '#0b6e4f',
  topUpUrl: 'https://globex.example/pay/{clientId}',
  support: { url: 'https://globex.example/help' },
};

interface Picture {
  readonly language: string;
  readonly timeZone: string;
  readonly clientName: string;
  readonly branding: Branding;
  readonly currency: string;
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

const wide = { width: 680, colorScheme: 'light' } as const;
const pictures: readonly Picture[] = [
  {
    language: 'en',
    timeZone: 'Europe/London',
    clientName: 'Foxglove Fax',
    branding: acme,
    currency: 'USD',
    ...wide,
  },
  {
    language: 'de',
    timeZone: 'Europe/Vienna',
    clientName: 'Alpenruf GmbH',
    branding: acme,
    currency: 'EUR',
    ...wide,
  },
  {
    language: 'uk',
    timeZone: 'Europe/Kyiv',
    clientName: 'Степ Голос',
    branding: globex,
    currency: 'UAH',
    ...wide,
  },
  {
    language: 'pl',
    timeZone: 'Europe/Warsaw',
    clientName: 'Przedsiębiorstwo Telekomunikacyjne „Wisła” sp. z o.o.',
    branding: globex,
    currency: 'PLN',
    width: 360,
    colorScheme: 'dark',
  },
];

function mailTo(client: Picture, audience: Message['audience']): Message {
  const { language, timeZone, clientName, branding, currency } = client;
  const resellerName = branding.name ?? '';
  const common = { thresholdCurrency: currency, convertedThreshold: null, maxQty: 3 };
  const rules = [
    {
      key: audience === 'staff' ? 'user' : 'client',
      threshold: audience === 'staff' ? '100' : '50',
      inactiveSince: null,
      reminder: 1,
      ...common,
    },
    ...(audience === 'client'
      ? [
          {
            key: 'advanced:dormant',
            threshold: '25',
            inactiveSince: Date.UTC(2026, 9, 20, 15, 30),
            reminder: 2,
            ...common,
          },
        ]
      : []),
  ];
  const low = { ...sampleMail.facts, clientName, resellerName, currency, availableBalance: '18.4', rules };
  const facts = { ...low, recovered: [] };
  return { ...sampleMail, audience, language, timeZone, branding, facts };
}

const executablePath = await provideChromium({ env: environment, progress: progressOnStderr });
await mkdir(folder, { recursive: true });
const renderer = createRenderer();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const client of pictures) {
    const { language, width, colorScheme } = client;
    const context = await browser.newContext({ viewport: { width, height: 400 }, colorScheme });
    const page = await context.newPage();
    for (const audience of ['client', 'staff'] as const) {
      await page.setContent(renderer.render(mailTo(client, audience)).html);
      const name = `${language}-${audience}${colorScheme === 'dark' ? '-dark' : ''}.png`;
      await page.screenshot({ path: path.join(folder, name), fullPage: true });
      progressOnStderr.step(name);
    }
    await context.close();
  }
} finally {
  await browser.close();
}
