import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const resellers = 20;

/** `<reseller>/<slug>` of the `i`-th profile. */
export function profileIdOf(i: number): string {
  return `reseller-${i % resellers}/p-${i}`;
}

/** Profiles of every kind of rule, as files of `folder`/profiles. */
export async function writeProfiles(folder: string, count: number, threshold: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const file = path.join(folder, 'profiles', `${profileIdOf(i)}.json`);
    await mkdir(path.dirname(file), { recursive: true });
    const profile = {
      name: `Profile ${i}`,
      reseller: `reseller-${i % resellers}`,
      currency: i % 2 === 0 ? 'USD' : 'EUR',
      sortOrder: i,
      maxQty: 3,
      period: '24h',
      userNotification: { threshold: 2 * threshold, notify: true, users: ['j.doe'] },
      clientNotification: { threshold, notify: true },
      advancedRules: [{ name: 'dormant', threshold: 5, inactivity: '30d', notify: true }],
    };
    await writeFile(file, JSON.stringify(profile, null, 2));
  }
}
