import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readBalanceHistory } from '../../scenarios/read-balance-history.js';

const zones = ['UTC', 'America/New_York', 'Asia/Kolkata'];
const execute = promisify(execFile);

/** What an expression is worth in a process whose machine is in a zone. */
async function inZone(zone: string, module: string, expression: string): Promise<string> {
  const file = new URL(module, import.meta.url).href;
  const script = `const m = await import(${JSON.stringify(file)}); console.log(JSON.stringify(${expression}))`;
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TZ: zone },
  });
  return stdout.trim();
}

describe('a time that people write without an offset', function () {
  this.timeout(60_000);
  const expected = String(Date.UTC(2020, 10, 24, 9));

  for (const reader of ['instant', 'pastInstant'])
    it(`is UTC for ${reader} of the line, wherever the machine is`, async () => {
      for (const zone of zones)
        assert.equal(
          await inZone(zone, '../../cli/shared/readers.js', `m.${reader}.read("2020-11-24T09:00")`),
          expected,
        );
    });

  it('is UTC in a balance history, wherever the machine is', async () => {
    for (const zone of zones)
      assert.equal(
        await inZone(
          zone,
          '../../scenarios/read-balance-history.js',
          'm.readBalanceHistory("at,balance\\n2020-11-24T09:00,1\\n2020-11-25T09:00,2\\n").startAt',
        ),
        expected,
      );
  });

  it('has a day that its month has, also in a balance history', () =>
    assert.throws(
      () => readBalanceHistory('at,balance\n2026-02-30,1\n'),
      /expected an offset such as "25h"/,
    ));
});
