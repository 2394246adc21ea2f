import { execa } from 'execa';
import path from 'node:path';
import { packageRoot } from '../authoring/package-root.js';
import { median, type Measured } from './measured.js';

const rounds = 7;

/** The command as a process, from its start to its end. */
export async function startUp(): Promise<Measured> {
  const command = path.join(packageRoot(), 'cli', 'low-balance.js');
  const milliseconds = async (...args: string[]): Promise<number> => {
    const all: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const from = performance.now();
      await execa(process.execPath, [command, ...args], { cwd: packageRoot() });
      all.push(performance.now() - from);
    }
    return median(all);
  };
  return {
    bench: 'start-up of the command',
    how: `median of ${rounds}`,
    series: [],
    ratios: [],
    figures: [
      { name: 'low-balance --help', value: await milliseconds('--help'), unit: 'ms', below: 150 },
      {
        name: 'validate of one file',
        value: await milliseconds('validate', 'profiles/acme/prepaid-usd.json'),
        unit: 'ms',
        below: 400,
      },
    ],
  };
}
