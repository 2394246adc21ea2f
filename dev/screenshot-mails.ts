import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import type { Branding } from '../delivery/message.js';
import { createRenderer } from '../delivery/email/render.js';
import type { Progress } from './progress.js';
import { acme, globex, languages, mailOf, type Language, type SampleOptions } from './screenshot-samples.js';

const logo = `<svg xmlns="http://www.w3.org/2000/svg" width="144" height="48"><rect width="48" height="48" rx="10" fill="#d9822b"/><path d="M12 38 24 10l12 28" fill="none" stroke="#fff" stroke-width="5"/><text x="60" y="34" font-family="sans-serif" font-size="28" fill="#d9822b">acme</text></svg>`;

interface Shot extends SampleOptions {
  readonly width: 360 | 680;
  readonly colorScheme: 'light' | 'dark';
}

type Look = Omit<Shot, 'language' | 'branding'>;

/** What a page of the documentation has room for. */
const someLooks: readonly Look[] = [
  { audience: 'client', width: 680, colorScheme: 'light' },
  { audience: 'client', width: 360, colorScheme: 'dark' },
  { audience: 'staff', width: 360, colorScheme: 'light' },
  { audience: 'staff', width: 680, colorScheme: 'dark' },
];

const everyLook: readonly (readonly Look[])[] = (['client', 'staff'] as const).map((audience) =>
  ([680, 360] as const).flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ audience, width, colorScheme })),
  ),
);

/** A picture of several mails, row by row. */
interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly Shot[])[];
  /** How large mails are shown on it. */
  readonly scale: number;
}

const resellers: readonly {
  readonly name: string;
  readonly branding: Branding;
  readonly languages: readonly Language[];
}[] = [
  { name: 'acme', branding: acme, languages: ['en', 'de', 'fr'] },
  { name: 'globex', branding: globex, languages: ['uk', 'pl', 'tr'] },
];

const documented: readonly Sheet[] = resellers.map((reseller) => ({
  name: reseller.name,
  scale: 0.5,
  rows: reseller.languages.map((language) =>
    someLooks.map((look) => ({ ...look, language, branding: reseller.branding })),
  ),
}));

/** Every look of each reseller's mails in each of its languages, and every language once. */
const matrix: readonly Sheet[] = [
  ...resellers.flatMap((reseller) =>
    reseller.languages.map((language) => ({
      name: `${reseller.name}-${language}`,
      scale: 0.75,
      rows: everyLook.map((looks) =>
        looks.map((look) => ({ ...look, language, branding: reseller.branding })),
      ),
    })),
  ),
  {
    name: 'languages',
    scale: 0.75,
    rows: [languages.slice(0, 5), languages.slice(5)].map((some) =>
      some.map((language) => ({
        language,
        branding: acme,
        audience: 'client',
        width: 360,
        colorScheme: 'light',
      })),
    ),
  },
];

/** The sheets of docs/mail.md. */
export async function shootDocumentedMails(
  browser: Browser,
  folder: string,
  progress: Progress,
): Promise<void> {
  for (const sheet of documented) await compose(browser, sheet, folder, progress);
}

/** Every mail in every look, one by one and on sheets, to be looked at. */
export async function shootEveryMail(browser: Browser, folder: string, progress: Progress): Promise<void> {
  for (const sheet of matrix) {
    const pictures = await compose(browser, sheet, folder, progress);
    for (const { shot, picture } of pictures) {
      const { audience, colorScheme, width } = shot;
      await writeFile(path.join(folder, `${sheet.name}-${audience}-${colorScheme}-${width}.png`), picture);
    }
  }
}

interface Picture {
  readonly shot: Shot;
  readonly picture: Buffer;
}

async function compose(
  browser: Browser,
  { name, rows, scale }: Sheet,
  folder: string,
  progress: Progress,
): Promise<readonly Picture[]> {
  await mkdir(folder, { recursive: true });
  const pictures: Picture[] = [];
  const shownRows: string[] = [];
  for (const row of rows) {
    const cells: string[] = [];
    for (const shot of row) {
      const picture = await shoot(browser, shot);
      pictures.push({ shot, picture });
      cells.push(
        `<img width="${shot.width * scale}" src="data:image/png;base64,${picture.toString('base64')}">`,
      );
    }
    shownRows.push(`<div>${cells.join('')}</div>`);
  }
  const page = await browser.newPage({ viewport: { width: 1_120, height: 200 } });
  await page.setContent(
    `<style>body{margin:12px;background:#c9ced6;width:max-content}div{display:flex;gap:12px;align-items:flex-start;margin-bottom:12px}</style>${shownRows.join('')}`,
  );
  await page.locator('body').screenshot({ path: path.join(folder, `${name}.png`) });
  await page.close();
  progress.step(`${name}.png`);
  return pictures;
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

const renderer = createRenderer();
