import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import type { Branding, Message } from '../delivery/message.js';
import { createRenderer } from '../delivery/email/render.js';
import { sampleMail } from '../delivery/email/sample-mail.js';
import { environment } from '../worker/settings.js';
import { provideChromium } from './chromium.js';
import { progressOnStderr } from './progress.js';

// Makes the pictures of docs/mail.md, a sheet for each reseller: `node dist/dev/screenshot-mails.js`. With a folder it puts them
// there, and one with every language, to be looked at.

const [otherFolder] = process.argv.slice(2);
const folder = otherFolder ?? fileURLToPath(new URL('../../docs/screenshots/mails/', import.meta.url));

const logo = `<svg xmlns="http://www.w3.org/2000/svg" width="220" height="48"><rect width="48" height="48" rx="10" fill="#d9822b"/><path d="M12 38 24 10l12 28" fill="none" stroke="#fff" stroke-width="5"/><text x="60" y="34" font-family="sans-serif" font-size="28" fill="#d9822b">acme</text></svg>`;
const acme: Branding = {
  name: 'Acme Carrier Services',
  logoUrl: 'https://acme.example/logo.png',
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

/** A client whose mails are shown. */
interface Reader {
  readonly language: string;
  readonly timeZone: string;
  readonly clientName: string;
  readonly currency: string;
}

const readers = {
  en: { timeZone: 'Europe/London', clientName: 'Foxglove Fax', currency: 'USD' },
  de: {
    timeZone: 'Europe/Vienna',
    clientName: 'Donaudampfschifffahrtsgesellschaft für Sprachdienste mbH & Co. KG',
    currency: 'EUR',
  },
  es: {
    timeZone: 'Europe/Madrid',
    clientName: 'Compañía Iberoamericana de Telecomunicaciones, S.A.',
    currency: 'EUR',
  },
  fr: {
    timeZone: 'Europe/Paris',
    clientName: 'Société Méditerranéenne des Télécommunications',
    currency: 'EUR',
  },
  it: { timeZone: 'Europe/Rome', clientName: 'Società Italiana Servizi Telefonici S.r.l.', currency: 'EUR' },
  pl: {
    timeZone: 'Europe/Warsaw',
    clientName: 'Przedsiębiorstwo Telekomunikacyjne „Wisła” sp. z o.o.',
    currency: 'PLN',
  },
  pt: { timeZone: 'America/Sao_Paulo', clientName: 'Telefonia Atlântica Ltda.', currency: 'BRL' },
  tr: {
    timeZone: 'Europe/Istanbul',
    clientName: 'Boğaziçi Telekomünikasyon Hizmetleri A.Ş.',
    currency: 'TRY',
  },
  uk: { timeZone: 'Europe/Kyiv', clientName: 'Степ Голос', currency: 'UAH' },
} as const satisfies Readonly<Record<string, Omit<Reader, 'language'>>>;

type Language = keyof typeof readers;

interface Shot {
  readonly language: Language;
  readonly branding: Branding;
  readonly audience: Message['audience'];
  readonly width: 360 | 680;
  readonly colorScheme: 'light' | 'dark';
}

type Look = Omit<Shot, 'language' | 'branding'>;

const looks: readonly Look[] = [
  { audience: 'client', width: 680, colorScheme: 'light' },
  { audience: 'client', width: 360, colorScheme: 'dark' },
  { audience: 'staff', width: 360, colorScheme: 'light' },
  { audience: 'staff', width: 680, colorScheme: 'dark' },
];

/** A picture of several mails, row by row. */
interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly Shot[])[];
}

const sheetOf = (name: string, branding: Branding, languages: readonly Language[]): Sheet => ({
  name,
  rows: languages.map((language) => looks.map((look) => ({ ...look, language, branding }))),
});

const phone = { audience: 'client', width: 360, colorScheme: 'light', branding: acme } as const;
const languages = Object.keys(readers) as Language[];
const everyLanguage: Sheet = {
  name: 'languages',
  rows: [languages.slice(0, 5), languages.slice(5)].map((some) =>
    some.map((language) => ({ ...phone, language })),
  ),
};
const sheets: readonly Sheet[] = [
  sheetOf('acme', acme, ['en', 'de', 'fr']),
  sheetOf('globex', globex, ['uk', 'pl', 'tr']),
  ...(otherFolder === undefined ? [] : [everyLanguage]),
];

function mailOf({ language, branding, audience }: Shot): Message {
  const { timeZone, clientName, currency } = readers[language];
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

async function shoot(browser: Browser, shot: Shot): Promise<Buffer> {
  const { width, colorScheme } = shot;
  const page = await browser.newPage({ viewport: { width, height: 200 }, colorScheme });
  // The narrow ones are of a reader that loads no images.
  await page.route(/^https:/, (route) =>
    width === 360 ? route.abort() : route.fulfill({ contentType: 'image/svg+xml', body: logo }),
  );
  await page.setContent(renderer.render(mailOf(shot)).html);
  const picture = await page.screenshot({ fullPage: true });
  await page.close();
  return picture;
}

/** At half their size, so that a sheet fits a page of the documentation. */
async function compose(browser: Browser, { name, rows }: Sheet): Promise<void> {
  const shownRows: string[] = [];
  for (const row of rows) {
    const cells: string[] = [];
    for (const shot of row) {
      const picture = (await shoot(browser, shot)).toString('base64');
      cells.push(`<img width="${shot.width / 2}" src="data:image/png;base64,${picture}">`);
    }
    shownRows.push(`<div>${cells.join('')}</div>`);
  }
  const page = await browser.newPage({ viewport: { width: 1_120, height: 200 } });
  await page.setContent(
    `<style>body{margin:12px;background:#c9ced6;width:max-content}div{display:flex;gap:12px;align-items:flex-start;margin-bottom:12px}</style>${shownRows.join('')}`,
  );
  await page.locator('body').screenshot({ path: path.join(folder, `${name}.png`) });
  await page.close();
  progressOnStderr.step(`${name}.png`);
}

await mkdir(folder, { recursive: true });
const renderer = createRenderer();
const executablePath = await provideChromium({ env: environment, progress: progressOnStderr });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const sheet of sheets) await compose(browser, sheet);
} finally {
  await browser.close();
}
