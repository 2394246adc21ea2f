import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { LocalStackError } from './errors.js';
import { findExecutable, type Environment } from './find-executable.js';
import { lastLines } from './log-tail.js';
import type { Progress } from './progress.js';
import { messageOf } from '../domain/error-message.js';

export interface AptInstall {
  /** What they are for, as in "MySQL". */
  readonly name: string;
  readonly packages: readonly string[];
  /** How to do without, as in "set MYSQL_URL to use your own". */
  readonly howToChoose: string;
  readonly env: Environment;
  readonly progress: Progress;
}

/**
 * Installs Debian packages, updating the package lists where they lack one.
 * False where this is no Debian or the user is not root. Throws `install-failed`.
 */
export async function installWithApt(install: AptInstall): Promise<boolean> {
  const { env, progress, packages } = install;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  const aptGet = await findExecutable(['apt-get'], env);
  if (aptGet === undefined) return false;

  const run = async (args: readonly string[]) => {
    await execa(aptGet, ['-o', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
      extendEnv: false,
      stdin: 'ignore',
      timeout: 600_000,
    });
  };
  const installNow = () => run(['install', '--yes', '--no-install-recommends', ...packages]);

  progress.step(`${install.name}: installing ${packages.join(' ')} with apt-get (${install.howToChoose})`);
  try {
    await installNow().catch(async () => {
      progress.step(`${install.name}: updating the package lists, as they lack it`);
      await run(['update']);
      await installNow();
    });
  } catch (error) {
    throw new LocalStackError(
      {
        code: 'install-failed',
        found: `apt-get could not install ${packages.join(' ')}: ${lastLines(messageOf(error), 5)}`,
        expected: 'a package source that has them',
        advice: `Install them yourself, or ${install.howToChoose}.`,
      },
      { cause: error },
    );
  }
  return true;
}
