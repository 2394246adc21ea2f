import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../authoring/package-root.js';
import { init } from '../../cli/write/init/init.js';
import { defaultDataFolder } from '../../dev/data-folder.js';
import { runningStack } from '../../dev/stack-file.js';
import { anIo } from '../scenarios/an-io.js';
import { CodeServer } from './a-code-server.js';
import { installPackage } from './install-package.js';

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
    await installPackage(team);
    await cp(path.join(packageRoot(), 'profiles'), path.join(team, 'profiles'), { recursive: true });
    await init('.', { reseller: 'acme', ci: 'none' }, anIo(team));
    const program = path.join(team, 'node_modules', 'low-balance-profiles', 'cli', 'low-balance.js');
    stack = spawn(process.execPath, [program, 'dev'], { cwd: team, stdio: 'ignore' });
    while (!runningStack(path.join(team, '.low-balance'))) {
      assert.equal(stack.exitCode, null, 'the local stack ended');
      await sleep(200);
    }
    editor = await CodeServer.open(team, home);
  });
  after(async () => {
    await editor?.close();
    if (stack?.exitCode === null) {
      stack.kill('SIGINT');
      await once(stack, 'close');
    }
    await rm(home, { recursive: true, force: true });
  });

  /** What it looked like, where a test fails. */
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const folder = defaultDataFolder();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await editor?.screenshot(path.join(folder, 'editor-failed.png'));
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
    await editor.widenSideBar();
    await forText('.pane-body .monaco-list-row', /Prepaid USD.*\d+ of \d+ low · USD 100 \/ 50/);
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
    await lens(/\d+ clients · \d+ notified at the next check \(\+\d+\)/).waitFor({ timeout: 60_000 });
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
    await editor.offerFix('Change to "USD"');
    await editor.page.keyboard.press('Enter');
    await forText('.view-line', '"currency": "USD"');
    await editor.save();
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
    await editor.page.keyboard.press('Control+J');
    await picture('mail-preview');
    await editor.runCommand('View: Close All Editors');
  });

  it('compares a file with what MySQL holds', async () => {
    await editor.openFile('acme/prepaid-usd.json');
    await editor.runCommand('Low Balance: Compare with MySQL');
    await editor.page
      .locator('.monaco-diff-editor .char-delete, .monaco-diff-editor .line-delete')
      .first()
      .waitFor({
        timeout: 60_000,
      });
    await forText('.tab.active', 'prepaid-usd: MySQL ↔ file');
    await editor.runCommand('View: Close All Editors');
  });

  it('explains why a client would or would not be notified', async () => {
    await editor.openFile('acme/prepaid-usd.json');
    await editor.runCommand('Low Balance: Explain for a Client');
    await forText('.quick-input-widget', 'Explain acme/prepaid-usd');
    await editor.page.locator('.quick-input-widget input').fill('C-1003');
    await editor.page.keyboard.press('Enter');
    await forText('.tab', 'acme prepaid-usd for C-1003');
    await forText('.view-lines', /C-1003/);
    await editor.runCommand('View: Close All Editors');
  });

  it('opens the settings of a reseller, with the help of each field', async () => {
    await editor.showView('Low Balance Profiles');
    await forText('.pane-body .monaco-list-row', /Runway USD.*7d \/ 3d of spending/);
    const reseller = editor.page.locator('.pane-body .monaco-list-row[aria-label^="acme"]').first();
    await reseller.hover();
    await reseller.locator('.action-label[aria-label^="Settings of the Reseller"]').click();
    await forText('.tab.active', 'reseller.json');
    await editor.page
      .locator('.view-line span', { hasText: /^"topUpUrl"$/ })
      .first()
      .hover();
    await forText('.monaco-hover', 'the button of the client');
    await editor.runCommand('View: Close All Editors');
  });

  it('knows what is newer in profiles: its problems, their fixes, and the names of webhooks', async () => {
    await edit(
      'acme/reseller.json',
      '"support":',
      '"webhooks": { "ops": { "url": "https://ops.example/", "secretVariable": "OPS_SECRET" } },\n  "support":',
    );
    const profile = {
      $schema: '../../schemas/profile.schema.json',
      name: 'Postpaid',
      reseller: 'acme',
      currency: 'USD',
      sortOrder: 60,
      maxQty: 3,
      period: '24h',
      checkEvery: '48h',
      sendingHours: { from: '08:00', to: '20:00', days: ['Monday'] },
      clientNotification: { threshold: 1000, when: 'above', recovered: true, webhooks: ['opps'] },
    };
    await writeFile(file('acme/postpaid.json'), JSON.stringify(profile, null, 2));
    const row = editor.page.locator('.pane-body .monaco-list-row', {
      hasText: /postpaid\.json.*has problems/,
    });
    await row.first().click({ timeout: 60_000 });
    await forText('.tab.active', 'postpaid.json');
    await editor.runCommand('Problems: Focus on Problems View');
    for (const problem of [/48h is not below the Period/, /expected one of "mon"/, /no webhook "opps"/])
      await forText('.markers-panel .monaco-list-row', problem);
    const lines = JSON.stringify(profile, null, 2).split('\n');
    const at = async (what: string, plus = 2) => {
      const line = lines.findIndex((each) => each.includes(what));
      await editor.page.locator('.tab.active').click();
      await editor.goTo(line + 1, (lines[line]?.indexOf(what) ?? 0) + plus);
    };
    await at('"Monday"');
    await editor.offerFix('Change to "mon"');
    await editor.page.keyboard.press('Enter');
    await forText('.view-line', '"mon"');
    await at('"opps"');
    await editor.offerFix('Change to "ops"');
    await editor.page.keyboard.press('Escape');
    await editor.offerCompletion(/"ops".*webhook/);
    await editor.page.keyboard.press('Escape');
    // The panel leaves room for half of the file.
    await at('"checkEvery"');
    await editor.page
      .locator('.view-line span', { hasText: /^"checkEvery"$/ })
      .first()
      .hover();
    await forText('.monaco-hover', 'a fall is noticed sooner');
    await editor.save();
    await editor.runCommand('View: Close All Editors');
    await editor.page.keyboard.press('Control+J');
    await rm(file('acme/postpaid.json'));
  });

  it('asks for the fields of a new profile, and opens it', async () => {
    await editor.runCommand('Low Balance: New Profile');
    await forText('.quick-input-list .monaco-list-row', 'acme');
    await editor.page.keyboard.press('Enter');
    for (const [prompt, answer] of [
      ['File name', 'retail-eur'],
      ['Name, shown in lists', 'Retail EUR'],
      ['Currency', 'EUR'],
      ['Period', '12h'],
      ['Max Qty', '2'],
      ['Threshold for the staff', ''],
      ['Threshold for the client', '20'],
    ] as const) {
      await forText('.quick-input-widget', prompt);
      await editor.page.locator('.quick-input-widget input').fill(answer);
      await editor.page.keyboard.press('Enter');
    }
    await forText('.tab.active', 'retail-eur.json');
    const written = JSON.parse(await readFile(file('acme/retail-eur.json'), 'utf8')) as object;
    assert.deepEqual(
      { ...written, $schema: undefined },
      {
        $schema: undefined,
        name: 'Retail EUR',
        reseller: 'acme',
        currency: 'EUR',
        sortOrder: 10,
        maxQty: 2,
        period: '12h',
        clientNotification: { threshold: 20, notify: true },
      },
    );
  });

  it('deletes a profile only after saying how many clients lose it', async () => {
    await editor.openFile('acme/wholesale-eur.json');
    await editor.runCommand('Low Balance: Delete');
    await forText(
      '.monaco-dialog-box',
      /Delete Wholesale EUR \(acme\/wholesale-eur\)\?[\s\S]*\d+ clients will have no profile/,
    );
    await editor.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Cancel' }).click();
    assert.ok((await readFile(file('acme/wholesale-eur.json'), 'utf8')).length > 0);
    await editor.runCommand('Low Balance: Delete');
    await editor.page
      .locator('.monaco-dialog-box .monaco-button', { hasText: 'Delete and Acknowledge' })
      .click();
    await forText('.tab.active', 'acknowledged.json');
    await assert.rejects(readFile(file('acme/wholesale-eur.json')), /ENOENT/);
    const acknowledged = JSON.parse(await readFile(file('acknowledged.json'), 'utf8')) as {
      deletions: Record<string, number>;
    };
    assert.ok((acknowledged.deletions['acme/wholesale-eur'] ?? 0) > 0);
    await editor.runCommand('View: Close All Editors');
  });

  it('plays the scenarios in the Test Explorer, and shows the timeline where one differs', async () => {
    await edit('acme/prepaid-usd.test.json', '"at": "48h"', '"at": "49h"');
    await editor.openFile('acme/prepaid-usd.test.json');
    await editor.showView('Testing');
    await forText('.test-explorer .monaco-list-row', 'acme/prepaid-usd');
    await editor.runCommand('Test: Run All Tests');
    await forText('.zone-widget', /expected\s+check\s+of\s+49h/);
    await forText('.zone-widget', /found\s+check\s+of\s+48h/);
    await picture('test-explorer');
    await editor.runCommand('View: Close All Editors');
  });

  it('runs nothing of a folder that is not trusted', async () => {
    await editor.close();
    // In place of the package something that leaves a trace.
    const trap = path.join(team, 'node_modules', 'low-balance-profiles');
    await rm(trap, { recursive: true });
    await mkdir(path.join(trap, 'cli'), { recursive: true });
    await writeFile(path.join(trap, 'package.json'), '{ "name": "low-balance-profiles" }');
    const trace = path.join(home, 'was-run');
    await writeFile(
      path.join(trap, 'cli', 'low-balance.js'),
      `require('node:fs').writeFileSync(${JSON.stringify(trace)}, process.argv.join(' '))`,
    );
    editor = await CodeServer.open(team, path.join(home, 'untrusted'), { trusted: false });
    await editor.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^No/ }).click();
    await editor.showView('Low Balance Profiles');
    await forText('.pane-body', 'This folder is not trusted');
    await sleep(3_000);
    assert.equal(existsSync(trace) && (await readFile(trace, 'utf8')), false);
  });
});
