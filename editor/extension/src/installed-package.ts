import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspace, type Uri } from 'vscode';

const packageName = 'low-balance-profiles';

/** The first workspace folder that the package is installed in, or that is its checkout, and the package's program. */
export function installedPackage(): { readonly root: Uri; readonly program: string } | undefined {
  for (const { uri } of workspace.workspaceFolders ?? []) {
    const program = programFor(uri.fsPath);
    if (program !== undefined) return { root: uri, program };
  }
  return undefined;
}

/** Installed here, or, of a workspace, in a folder above. */
function programFor(folder: string): string | undefined {
  if (isPackage(folder)) return programIn(folder);
  for (let each = folder; ; each = path.dirname(each)) {
    const installed = path.join(each, 'node_modules', packageName);
    if (isPackage(installed)) return programIn(installed);
    if (each === path.dirname(each)) return undefined;
  }
}

function isPackage(folder: string): boolean {
  const file = path.join(folder, 'package.json');
  if (!existsSync(file)) return false;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string } | null)?.name === packageName;
  } catch {
    // Somebody is editing it.
    return false;
  }
}

function programIn(folder: string): string | undefined {
  const program = path.join(folder, 'cli', 'low-balance.js');
  return existsSync(program) ? program : undefined;
}
