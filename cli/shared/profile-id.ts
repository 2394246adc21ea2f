import path from 'node:path';

/** `acme/prepaid`, or the path of its file. */
export function profileIdOf(name: string, folder: string): string {
  const slashes = name.replaceAll('\\', '/').replace(/\.json$/, '');
  const prefix = `${path.posix.normalize(folder).replace(/\/+$/, '')}/`;
  const normal = path.posix.normalize(slashes);
  return normal.startsWith(prefix) ? normal.slice(prefix.length) : normal;
}
