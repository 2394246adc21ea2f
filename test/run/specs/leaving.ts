/**
 * Tests that stop nothing of what they start, for the tests of how a run ends. `HOW` says how they end; `SERVERS` starts real
 * servers too. They say the pids of what must be gone afterwards.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { provideMysql } from '../../../dev/mysql.js';
import { sharedProcesses } from '../../../dev/processes.js';
import { progressOnStderr } from '../../../dev/progress.js';
import { provideTestMysql } from '../../../dev/trial/test-mysql.js';
import { provideTestTemporal } from '../../../dev/trial/test-temporal.js';
import { sharedServers } from '../../../dev/trial/sharing.js';

const { HOW: how = 'pass', SERVERS: servers, STUBBORN: stubborn } = process.env;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A child that has one of its own; a stubborn one ignores SIGTERM. */
async function leaveProcesses(): Promise<void> {
  const trap = stubborn === undefined ? '' : `trap '' TERM;`;
  const child = spawn('/bin/sh', ['-c', `${trap} sleep 1000 & echo $!; while :; do sleep 0.1; done`]);
  child.stdout.setEncoding('utf8').on('data', (pid: string) => say(`left ${child.pid} ${pid.trim()}`));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  if (servers === undefined) return;
  await Promise.all([
    provideTestMysql(),
    provideTestTemporal(),
    provideMysql({ env: process.env, progress: progressOnStderr, ephemeral: true }),
  ]);
  say(`left ${[...sharedServers.pids(), ...sharedProcesses().pids()].join(' ')}`);
}

describe('a file that leaves what it starts', () => {
  before(async () => {
    createServer().listen(0, '127.0.0.1');
    await leaveProcesses();
    if (how === 'before') throw new Error('a failing hook');
  });

  it('passes', () => {});

  it('ends in its way', async function () {
    if (how === 'fail') throw new Error('a failing test');
    if (how === 'exit') process.exit(7);
    if (how === 'uncaught')
      setTimeout(() => {
        throw new Error('a bug');
      }, 10);
    if (how === 'crash') process.abort();
    if (how === 'timeout') this.timeout(200);
    if (how === 'pass' || how === 'fail') return;
    say('waiting');
    await new Promise(() => {});
  });
});
