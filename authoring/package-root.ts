import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder of this package, absolute: the first above the running file that holds a package.json, also from `dist/`. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}

/** What package.json says of this package. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly engines: Readonly<Record<string, string>>;
}

export function readPackage(): PackageFacts {
  return JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as PackageFacts;
}
