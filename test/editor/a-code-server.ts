import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import getPort from 'get-port';
import { chromium, type Browser, type Page } from 'playwright-core';
import { packageRoot } from '../../authoring/package-root.js';
import { provideChromium } from '../../dev/chromium.js';
import { provideCodeServer } from './provide-code-server.js';

const patience = 60_000;
/** Then a key is pressed again, as somebody would, milliseconds. */
const briefly = 3_000;

/** A real VS Code with the extension, in a browser, on one folder. */
export class CodeServer {
  readonly page: Page;
  private readonly child: ChildProcess;
  private readonly browser: Browser;

  private constructor(page: Page, child: ChildProcess, browser: Browser) {
    this.page = page;
    this.child = child;
    this.browser = browser;
  }

  /** `home` is a folder for what the editor keeps. */
  static async open(folder: string, home: string, { trusted = true } = {}): Promise<CodeServer> {
    const program = await provideCodeServer(process.env);
    const places = ['--user-data-dir', path.join(home, 'data'), '--extensions-dir', path.join(home, 'ext')];
    const env = { ...process.env, HOME: home };
    await mkdir(path.join(home, 'data', 'User'), { recursive: true });
    await writeFile(path.join(home, 'data', 'User', 'settings.json'), JSON.stringify(settings));
    const vsix = path.join(packageRoot(), 'editor', 'low-balance.vsix');
    await execa(process.execPath, [program, '--install-extension', vsix, ...places], { env });
    const port = await getPort();
    const child = spawn(
      process.execPath,
      [
        program,
        '--auth',
        'none',
        '--bind-addr',
        `127.0.0.1:${port}`,
        ...places,
        ...quiet,
        ...(trusted ? ['--disable-workspace-trust'] : []),
        folder,
      ],
      { env, stdio: 'ignore', detached: true },
    );
    const executablePath = await provideChromium({
      executablePath: process.env['CHROMIUM'],
      env: process.env,
      progress: { step: () => {} },
    });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, deviceScaleFactor: 1.5 });
    const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`;
    for (let tries = 0; ; tries += 1) {
      const loaded = await page.goto(url).then(
        () => true,
        () => false,
      );
      if (loaded) break;
      if (tries > 100) throw new Error('code-server does not answer');
      await sleep(200);
    }
    await page.waitForSelector('.monaco-workbench .activitybar', { timeout: patience });
    return new CodeServer(page, child, browser);
  }

  async close(): Promise<void> {
    await this.browser.close();
    // Its extension hosts go on for a while by themselves, and would run what the next test puts into the folder.
    const group = -this.child.pid!;
    process.kill(group, 'SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'close');
    while (isRunning(group)) {
      process.kill(group, 'SIGKILL');
      await sleep(100);
    }
  }

  /** Opens a file by its path in the folder, and waits until it has our language. */
  async openFile(name: string): Promise<void> {
    await this.fillQuickInput('Control+P', name);
    const label = this.page.locator('.label-name', { hasText: exactly(path.basename(name)) });
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ has: label }).first().click();
    await this.page.waitForSelector(`.tab.active[data-resource-name="${path.basename(name)}"]`, {
      timeout: patience,
    });
    await this.page.waitForSelector('.statusbar [aria-label*="Low Balance Profile"]', { timeout: patience });
  }

  /** A command of a kind of file is offered a moment after its file is shown: the palette is opened again until it is. */
  async runCommand(title: string): Promise<void> {
    const row = this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first();
    for (let tries = 0; tries < 20; tries += 1) {
      await this.fillQuickInput('F1', `>${title}`);
      if (await within(row.waitFor({ timeout: briefly }))) return await row.click();
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`no command ${title}`);
  }

  async goTo(line: number, column: number): Promise<void> {
    await this.fillQuickInput('Control+G', `:${line}:${column}`);
    await this.page.keyboard.press('Enter');
  }

  /** A key that comes while a menu or a list still closes is lost. */
  private async fillQuickInput(keys: string, text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    for (let tries = 0; tries < 20; tries += 1) {
      await this.page.keyboard.press(keys);
      if (await within(input.waitFor({ timeout: briefly }))) return await input.fill(text);
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`${keys} opens no input`);
  }

  /** The menu of quick fixes at the cursor, with this one in it. */
  async offerFix(title: string): Promise<void> {
    await this.pressUntil('Control+.', '.action-widget', title);
  }

  /** The list of completions at the cursor, with this one in it. */
  async offerCompletion(text: RegExp): Promise<void> {
    await this.pressUntil('Control+Space', '.suggest-widget .monaco-list-row', text);
  }

  /** Right after an edit the editor asks before the language server has answered to the edit: somebody would ask again. */
  private async pressUntil(keys: string, selector: string, hasText: string | RegExp): Promise<void> {
    const offer = this.page.locator(selector, { hasText }).first();
    for (let tries = 0; tries < 20; tries += 1) {
      await this.page.keyboard.press(keys);
      if (await within(offer.waitFor({ timeout: briefly }))) return;
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`${keys} offers no ${hasText}`);
  }

  /** Pressed again until the file is saved. */
  async save(): Promise<void> {
    const unsaved = this.page.locator('.tab.active.dirty');
    for (let tries = 0; tries < 20; tries += 1) {
      await this.page.keyboard.press('Control+S');
      if (await within(unsaved.waitFor({ state: 'detached', timeout: briefly }))) return;
    }
    throw new Error('the file is not saved');
  }

  async showView(name: string): Promise<void> {
    const button = this.page.locator(`.activitybar .action-label[aria-label^="${name}"]`);
    const parent = this.page.locator(`.activitybar .action-item:has([aria-label^="${name}"])`);
    if (!(await parent.first().getAttribute('class'))?.includes('checked')) await button.first().click();
  }

  /** The width that people give it who have long names in it. */
  async widenSideBar(): Promise<void> {
    const sash = await this.page.locator('.part.sidebar').boundingBox();
    if (!sash) throw new Error('the side bar is not shown');
    await this.page.mouse.move(sash.x + sash.width, 400);
    await this.page.mouse.down();
    await this.page.mouse.move(430, 400);
    await this.page.mouse.up();
  }

  async screenshot(file: string): Promise<void> {
    await this.page.mouse.move(700, 700);
    await sleep(500);
    await this.page.screenshot({ path: file });
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll('.', String.raw`\.`)}$`);
}

const quiet = ['--disable-telemetry', '--disable-update-check'];

const settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'editor.minimap.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'testing.automaticallyOpenPeekView': 'failureAnywhere',
  'testing.automaticallyOpenTestResults': 'neverOpen',
  'remote.autoForwardPorts': false,
  'editor.wordWrap': 'on',
};

/** Whether what is waited for came in its time. */
function within(waiting: Promise<void>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}

function isRunning(group: number): boolean {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}
