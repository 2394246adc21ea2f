/** A program for the test of the test server: starts one, says its pid, and waits to be killed. Argument: a data folder. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { silentProgress as progress } from '../../dev/progress.js';
import { createTimeSkippingEnvironment } from '../../dev/test-server.js';

const [dataFolder = '.'] = process.argv.slice(2);
await createTimeSkippingEnvironment({ dataFolder, env: process.env, progress });
const run = path.join(dataFolder, 'run');
const pidFile = (await readdir(run)).find((name) => name.endsWith('.pid')) ?? '';
process.stdout.write(`${(await readFile(path.join(run, pidFile), 'utf8')).trim()}\n`);
setInterval(() => {}, 1_000);
