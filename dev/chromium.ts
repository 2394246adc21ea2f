import { installWithApt } from './apt.js';
import { LocalStackError } from './errors.js';
import { findExecutable, type Environment } from './find-executable.js';
import type { Progress } from './progress.js';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macFolders = ['/Applications/Google Chrome.app/Contents/MacOS'];

export interface ProvideChromiumOptions {
  /** A browser to use in any case; not looked for then. */
  readonly executablePath?: string | undefined;
  /** Where to look for programs. */
  readonly env: Environment;
  readonly progress: Progress;
}

/**
 * The path of a Chromium, the first that works: the given one, one on PATH, `apt-get install chromium` as root on Debian.
 * Throws `chromium-missing` or `install-failed`.
 */
export async function provideChromium(options: ProvideChromiumOptions): Promise<string> {
  if (options.executablePath !== undefined) return options.executablePath;
  const { env, progress } = options;
  const find = () => findExecutable([...names, 'Google Chrome'], env, macFolders);
  const found = await find();
  if (found !== undefined) return found;
  const howToChoose = 'put chromium or google-chrome on PATH to use your own';
  const install = { name: 'Chromium', packages: ['chromium'], howToChoose, env, progress };
  const installed = (await installWithApt(install)) ? await find() : undefined;
  if (installed !== undefined) return installed;
  throw new LocalStackError({
    code: 'chromium-missing',
    found: 'no Chromium and no Chrome is on this machine',
    expected: `one of ${names.join(', ')} on PATH`,
    advice: 'Install one (on Debian: apt-get install chromium).',
  });
}
