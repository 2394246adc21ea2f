import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../authoring/package-root.js';
import { init } from '../../cli/write/init/init.js';
import { runningStack } from '../../dev/stack-file.js';
import { anIo } from '../scenarios/an-io.js';
import { CodeServer } from './a-code-server.js';

/** Where the docs' pictures go; unset, none are taken. */
const pictures = process.env['EDITOR_SCREENSHOTS'];

/** One editor for all of it: it takes half a minute to start. Beside it the local stack with its sample clients. */
describe('the extension in a real editor', function () {
  this.timeout(600_000);
  let home: string;
  let team: string;
  let editor: CodeServer;
  let stack: ChildProcess | undefined;

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'low-balance-editor-'));
    team = path.join(home, 'profiles-of-acme');
    await mkdir(path.join(team, 'node_modules'), { recursive: true });
    await cp(path.join(packageRoot(), 'profiles'), path.join(team, 'profiles'), { recursive: true });
    await symlink(packageRoot(), path.join(team, 'node_modules', 'low-balance-profiles'));
    await init('.', { reseller: 'acme', ci: 'none' }, anIo(team));
    if (!runningStack()) {
      const program = path.join(packageRoot(), 'cli', 'low-balance.js');
      stack = spawn(process.execPath, [program, 'dev'], { cwd: packageRoot(), stdio: 'ignore' });
      while (!runningStack()) {
        assert.equal(stack.exitCode, null, 'the local stack ended');
        await sleep(200);
      }
    }
    editor = await CodeServer.open(team, home);
  });
  after(async () => {
    await editor?.close();
    if (stack) {
      stack.kill('SIGINT');
      await once(stack, 'close');
    }
    await rm(home, { recursive: true, force: true });
  });

  /** What it looked like, where a test fails. */
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await editor?.screenshot(path.join(tmpdir(), 'low-balance-editor-failed.png'));
  });

  const picture = async (name: string) => {
    if (pictures) await editor.screenshot(path.resolve(pictures, `${name}.png`));
  };
  const file = (name: string) => path.join(team, 'profiles', name);
  const edit = async (name: string, from: string, to: string) => {
    const text = await readFile(file(name), 'utf8');
    assert.ok(text.includes(from), from);
    await writeFile(file(name), text.replace(from, to));
  };
  const lens = (text: RegExp) => editor.page.locator('.codelens-decoration', { hasText: text }).first();
  const forText = (selector: string, hasText: string | RegExp) =>
    editor.page.locator(selector, { hasText }).first().waitFor({ timeout: 60_000 });

  it('lists the profiles by reseller, with their clients and how many are low', async () => {
    await editor.openFile('acme/prepaid-usd.json');
    await editor.showView('Low Balance Profiles');
    await forText('.pane-body .monaco-list-row', /Prepaid USD.*USD 100 \/ 50 · \d+ of \d+ low/);
    const rows = await editor.page.locator('.pane-body .monaco-list-row').allInnerTexts();
    assert.match(rows[0] ?? '', /acme/);
    const globex = rows.findIndex((row) => row.includes('globex'));
    assert.ok(globex > 0 && rows.slice(1, globex).some((row) => row.includes('Wholesale EUR')));
  });

  it('shows above a profile its clients, mail, scenarios and history', async () => {
    await lens(/\d+ clients · \d+ low/).waitFor({ timeout: 60_000 });
    const text = await editor.page.locator('.codelens-decoration').first().innerText();
    assert.match(text.replaceAll(/\s+/g, ' '), /clients · \d+ low \| mail \| 2 scenarios \| history/);
    await picture('side-bar');
  });

  it('hovers a field with its own help', async () => {
    const period = editor.page.locator('.view-line span', { hasText: /^"period"$/ }).first();
    await period.hover();
    await forText('.monaco-hover', 'how often a client is checked');
    const hover = await editor.page.locator('.monaco-hover').first().innerText();
    assert.doesNotMatch(hover, /A length of time/);
  });

  it('says what a saved edit means for clients', async () => {
    await edit('acme/prepaid-usd.json', '"threshold": 50', '"threshold": 90');
    await editor.page.locator('.view-line', { hasText: /"threshold":\s90/ }).waitFor();
    await lens(/\d+ clients · \d+ told at the next check \(\+\d+\)/).waitFor({ timeout: 60_000 });
    await picture('code-lens');
  });

  it('shows each problem once, as validate names it, and mends it', async () => {
    await editor.page.locator('.view-line', { hasText: '"currency"' }).first().click();
    await editor.goTo(6, 1);
    await editor.page.keyboard.press('Shift+End');
    await editor.page.keyboard.type('  "currency": "usd",');
    await editor.runCommand('Problems: Focus on Problems View');
    await forText('.markers-panel .monaco-list-row', /ISO 4217/);
    const rows = await editor.page.locator('.markers-panel .monaco-list-row').allInnerTexts();
    assert.equal(rows.filter((row) => row.includes('ISO 4217')).length, 1, rows.join('\n'));
    assert.ok(
      rows.some((row) => row.includes('low-balance') && row.includes('invalid-currency')),
      rows.join('\n'),
    );
    await picture('problems');
    await editor.page.locator('.view-line', { hasText: '"currency"' }).first().click();
    await editor.goTo(6, 17);
    await editor.page.keyboard.press('Control+.');
    await forText('.action-widget', 'Change to "USD"');
    await editor.page.keyboard.press('Enter');
    await forText('.view-line', '"currency": "USD"');
    await editor.page.keyboard.press('Control+S');
  });

  it('shows the mails beside the file, in each language', async () => {
    await lens(/mail/).waitFor();
    await editor.page.locator('.codelens-decoration a', { hasText: 'mail' }).first().click();
    const mail = editor.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await mail.locator('header', { hasText: 'Subject' }).waitFor({ timeout: 60_000 });
    await mail.locator('button[data-value="de"]').click();
    await mail.locator('button[data-value="de"][aria-pressed="true"]').waitFor({ timeout: 60_000 });
    const body = mail.frameLocator('iframe[title="The mail"]').locator('body');
    assert.match(await body.innerText(), /Guthaben/);
    await picture('mail-preview');
    await editor.runCommand('View: Close Other Editors in Group').catch(() => undefined);
    await editor.runCommand('View: Close All Editors');
  });

  it('plays the scenarios in the Test Explorer, and shows the timeline where one differs', async () => {
    await edit('acme/prepaid-usd.test.json', '"at": "48h"', '"at": "49h"');
    await editor.openFile('acme/prepaid-usd.test.json');
    await editor.showView('Testing');
    await forText('.test-explorer .monaco-list-row', 'acme/prepaid-usd');
    await editor.runCommand('Test: Run All Tests');
    await forText('.test-peek, .zone-widget, .monaco-editor', /expected check of 49h/);
    await forText('.monaco-editor', /found\s+check of 48h/);
    await picture('test-explorer');
  });
});
