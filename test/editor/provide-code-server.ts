import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { openDataFolder } from '../../dev/data-folder.js';
import { findExecutable } from '../../dev/find-executable.js';

/** VS Code 1.100, which runs on Node 20. */
const version = '4.100.3';

/**
 * The program of a real VS Code in the browser: what `CODE_SERVER` names, else the one of the data folder, which is
 * installed there first, in some minutes. Only packages of the registry are needed, and ripgrep and Python on PATH.
 */
export async function provideCodeServer(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  if (env['CODE_SERVER']) return env['CODE_SERVER'];
  const { cache } = await openDataFolder();
  const folder = path.join(cache, `code-server-${version}`);
  const program = path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  const installed = path.join(folder, 'installed');
  if (!existsSync(installed)) {
    await rm(folder, { recursive: true, force: true });
    await install(folder, env);
    await writeFile(installed, version);
  }
  return program;
}

/**
 * As the package installs itself, without what it downloads from elsewhere: the ripgrep of this machine is linked, and of
 * the native modules those are built that the server cannot do without.
 */
async function install(folder: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const ripgrep = await findExecutable(['rg'], env);
  if (ripgrep === undefined)
    throw new Error('ripgrep is missing: expected rg on PATH (on Debian: apt-get install ripgrep)');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }\n');
  const npm = async (cwd: string, ...args: readonly string[]) =>
    // Newer versions of npm run no install scripts, not even when asked to build again.
    await execa('npx', ['--yes', 'npm@10', ...args, '--no-audit', '--no-fund'], { cwd, stdio: 'inherit' });
  await npm(folder, 'install', '--ignore-scripts', `code-server@${version}`);
  await npm(folder, 'rebuild', 'argon2');
  const vscode = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  await npm(vscode, 'install', '--ignore-scripts', '--omit=dev');
  const bin = path.join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin');
  await mkdir(bin, { recursive: true });
  await symlink(ripgrep, path.join(bin, 'rg'));
  const native = ['@vscode/spdlog', 'node-pty', 'native-watchdog', '@parcel/watcher', '@vscode/deviceid'];
  for (const each of native) await npm(vscode, 'rebuild', each).catch(() => undefined);
  await symlink('node_modules', path.join(vscode, 'node_modules.asar'));
  await npm(path.join(vscode, 'extensions'), 'install', '--ignore-scripts', '--omit=dev');
}
