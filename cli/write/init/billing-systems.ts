import { readdirSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../../authoring/package-root.js';

/** The systems that `integrations/` has views for. */
export function billingSystems(): readonly string[] {
  try {
    return readdirSync(path.join(packageRoot(), 'integrations'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
