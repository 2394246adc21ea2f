import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { environment } from '../worker/settings.js';
import { muteUpdate } from '../workflows/messages.js';
import { provideChromium } from './chromium.js';
import { tellStory } from './demo/story.js';
import { createTimeline } from './demo/timeline.js';
import { openStack } from './open-stack.js';
import { createProcesses } from './processes.js';
import { progressOnStderr } from './progress.js';
import { shootDocumentedMails, shootEveryMail } from './screenshot-mails.js';

// `npm run screenshots` makes the pictures of README.md and docs/: of the demo's story on a stack of its own, and of mails.
// `npm run screenshots -- mails` makes those of mails alone; with a folder it puts every mail in every look there, to be looked at.

const folder = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const print = (text: string) => void process.stdout.write(text);

async function shoot(page: Page, url: string, name: string, tab?: string): Promise<void> {
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  if (tab !== undefined) {
    await page.getByText(tab, { exact: true }).first().click();
    // The Temporal UI asks the workflow for its details after it has shown the tab.
    await page.frameLocator('iframe').getByText('Available balance').waitFor({ timeout: 30_000 });
  }
  await page.waitForTimeout(2_500);
  await page.screenshot({ path: path.join(folder, name) });
  print(`${name}: ${url}\n`);
}

/** The demo's story: the mailbox, and what the Temporal UI shows. */
async function shootStory(browser: Browser): Promise<void> {
  const processes = createProcesses({ progress: progressOnStderr });
  try {
    const stack = await openStack({
      env: environment,
      cwd: process.cwd(),
      folder: 'profiles',
      persistent: false,
      reconcileEveryMs: 5_000,
      progress: progressOnStderr,
      processes,
      onProfiles({ kind }) {
        if (kind !== 'synced') throw new Error(`the profiles of profiles/ were not synced: ${kind}`);
      },
    });
    await tellStory(stack, createTimeline(print, false), { periodMs: 3_000, maxQty: 3 });
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const { mailboxUrl, temporalUiUrl, temporalNamespace } = stack.addresses;
    await shoot(page, `${mailboxUrl}/?client=DEMO-1`, 'mailbox.png');
    if (temporalUiUrl === undefined) return;
    const workflows = `${temporalUiUrl}/namespaces/${temporalNamespace}/workflows`;
    await shoot(page, `${workflows}/low-balance:client:DEMO-1`, 'workflow.png', 'User Metadata');
    const exhausted = encodeURIComponent('`LowBalanceState`="exhausted" AND `ExecutionStatus`="Running"');
    await shoot(page, `${workflows}?query=${exhausted}`, 'exhausted.png');
    await stack.client.workflow
      .getHandle('low-balance:client:DEMO-1')
      .executeUpdate(muteUpdate, { args: [{ until: new Date(Date.now() + 8 * 3_600_000).toISOString() }] });
    await shoot(page, `${workflows}/low-balance:client:DEMO-1`, 'muted.png', 'User Metadata');
  } finally {
    await processes.stop();
  }
}

const [what, otherFolder] = process.argv.slice(2);
if (what !== undefined && what !== 'mails') {
  print(`expected nothing, or mails [FOLDER]; found ${what}\n`);
  process.exit(64);
}
await mkdir(folder, { recursive: true });
const executablePath = await provideChromium({ env: environment, progress: progressOnStderr });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  if (otherFolder !== undefined) await shootEveryMail(browser, otherFolder, progressOnStderr);
  else {
    await shootDocumentedMails(browser, path.join(folder, 'mails'), progressOnStderr);
    if (what === undefined) await shootStory(browser);
  }
} finally {
  await browser.close();
}
