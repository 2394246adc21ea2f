import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'jsonc-parser';
import type { DataSource } from 'typeorm';
import type { ProfileFile } from '../domain/profile-file.js';
import { profileEntity } from '../store/rows.js';
import type { Io } from './io.js';

/** Brings the profiles of `profiles/` into MySQL. */
export async function syncProfiles(database: DataSource, io: Io): Promise<void> {
  const folder = path.join(io.cwd, 'profiles');
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/^[^/]+\/[^/]+\.json$/.test(name) || name.endsWith('.test.json')) continue;
    const source = await readFile(path.join(folder, name), 'utf8');
    const content = parse(source) as ProfileFile;
    const json = JSON.stringify(content);
    await database.getRepository(profileEntity).upsert(
      {
        id: name.replace(/\.json$/, ''),
        reseller: content.reseller,
        content: json,
        source,
        version: 1,
        appliedHash: createHash('sha256').update(json).digest('hex'),
        sourceCommit: null,
        updatedAt: String(Date.now()),
      },
      ['id'],
    );
  }
}
