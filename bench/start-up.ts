import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageRoot } from '../authoring/package-root.js';
import { writeProfiles } from './many-profiles.js';
import { median, type Measured } from './measured.js';

const rounds = 7;
const manyFiles = 1_000;

/** The command as a process, from its start to its end. */
export async function startUp(): Promise<Measured> {
  const command = path.join(packageRoot(), 'cli', 'low-balance.js');
  const folder = await mkdtemp(path.join(tmpdir(), 'low-balance-bench-'));
  const milliseconds = async (cwd: string, ...args: string[]): Promise<number> => {
    const all: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const from = performance.now();
      await execa(process.execPath, [command, ...args], { cwd });
      all.push(performance.now() - from);
    }
    return median(all);
  };
  try {
    await writeProfiles(folder, manyFiles, 50);
    const help = await milliseconds(packageRoot(), '--help');
    const one = await milliseconds(packageRoot(), 'validate', 'profiles/acme/prepaid-usd.json');
    const many = await milliseconds(folder, 'validate');
    return {
      bench: 'start-up of the command',
      how: `median of ${rounds}`,
      series: [],
      ratios: [],
      figures: [
        { name: 'low-balance --help', value: help, unit: 'ms', below: 150 },
        { name: 'validate of one file', value: one, unit: 'ms', below: 400 },
        {
          name: `validate of ${manyFiles} files, over that of one`,
          value: many - one,
          unit: 'ms',
          below: 1_000,
        },
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
