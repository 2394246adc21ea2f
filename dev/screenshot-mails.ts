import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Message } from '../delivery/message.js';
import { createRenderer } from '../delivery/email/render.js';
import { sampleMail } from '../delivery/email/sample-mail.js';
import { environment } from '../worker/settings.js';
import { provideChromium } from './chromium.js';
import { progressOnStderr } from './progress.js';

// Makes the pictures of docs/mail.md: `node dist/dev/screenshot-mails.js`.

const folder = fileURLToPath(new URL('../../docs/screenshots/mails/', import.meta.url));

const clients = [
  {
    language: 'en',
    timeZone: 'Europe/London',
    clientName: 'Foxglove Fax',
    resellerName: 'Acme Carrier Services',
    currency: 'USD',
  },
  {
    language: 'de',
    timeZone: 'Europe/Vienna',
    clientName: 'Alpenruf GmbH',
    resellerName: 'Acme Carrier Services',
    currency: 'EUR',
  },
  {
    language: 'uk',
    timeZone: 'Europe/Kyiv',
    clientName: 'Степ Голос',
    resellerName: 'Globex Telecom',
    currency: 'UAH',
  },
] as const;

function mailTo(client: (typeof clients)[number], audience: Message['audience']): Message {
  const { language, timeZone, clientName, resellerName, currency } = client;
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
  const facts = { ...sampleMail.facts, clientName, resellerName, currency, availableBalance: '18.4', rules };
  return { ...sampleMail, audience, language, timeZone, facts };
}

const executablePath = await provideChromium({ env: environment, progress: progressOnStderr });
await mkdir(folder, { recursive: true });
const renderer = createRenderer();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 680, height: 400 } });
  for (const client of clients) {
    for (const audience of ['client', 'staff'] as const) {
      await page.setContent(renderer.render(mailTo(client, audience)).html);
      const name = `${client.language}-${audience}.png`;
      await page.screenshot({ path: path.join(folder, name), fullPage: true });
      progressOnStderr.step(name);
    }
  }
} finally {
  await browser.close();
}
