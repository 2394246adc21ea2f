import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDataFolder } from '../../dev/data-folder.js';

/** Writes a page into the data folder and opens it with the platform's own opener. Answers where it is. */
export async function openInBrowser(name: string, html: string): Promise<string> {
  const { root } = await openDataFolder();
  const folder = path.join(root, 'preview');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, name);
  await writeFile(file, html);
  const [command = 'xdg-open', ...args] = opener(pathToFileURL(file).href);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  // Without an opener the address that is shown has to do.
  child.on('error', () => {});
  child.unref();
  return file;
}

function opener(url: string): readonly string[] {
  if (process.platform === 'darwin') return ['open', url];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '', url];
  return ['xdg-open', url];
}
