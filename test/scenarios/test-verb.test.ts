import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CliError } from '../../cli/shared/exit-code.js';
import { test, type TestOptions } from '../../cli/write/test.js';
import { judgeRefillAmount } from '../../domain/refill-amount.js';
import { anIo } from './an-io.js';

const profile = {
  name: 'P',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 1,
  maxQty: 3,
  period: '24h',
  clientNotification: { threshold: 50 },
};
const scenario = {
  name: 'told twice',
  client: { balance: 40 },
  until: '30h',
  expect: [
    { at: '0s', rules: ['client'] },
    { at: '24h', rules: ['client'], to: ['billing@client.example'], count: { client: 2 } },
  ],
};

describe('low-balance test', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'scenarios-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (name: string, content: unknown) =>
    writeFile(
      path.join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content, null, 2),
    );

  async function run(options: Partial<TestOptions> = {}, paths = ['.']) {
    const io = anIo(folder);
    const code = await test(paths, { format: 'json', ...options }, io);
    return { code, printed: io.printed() };
  }

  it('takes the time zone of reseller.json beside it for a client that has none', async () => {
    const night = { ...profile, sendingHours: { from: '09:00', to: '17:00' } };
    const expectAt = (at: string) => [{ at, rules: ['client'] }];
    const { client } = scenario;
    await write('reseller.json', { timeZone: 'Asia/Tokyo' });
    await write('p.json', night);
    await write('p.test.json', {
      scenarios: [
        { name: 'Tokyo', client, until: '1h', expect: expectAt('0s') },
        { name: 'own', client: { ...client, timeZone: 'Etc/UTC' }, until: '10h', expect: expectAt('9h') },
        { name: 'none', client: { ...client, resellerTimeZone: null }, until: '10h', expect: expectAt('9h') },
      ],
    });
    const { code, printed } = await run({ format: 'human' });
    assert.equal(code, 0, printed);
  });

  it('passes a folder of scenarios that stands alone, with the JSON that scripts rely on', async () => {
    await write('a.test.json', { scenarios: [{ ...scenario, profile }] });
    const { code, printed } = await run();
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(printed), {
      passed: 1,
      failed: 0,
      scenarios: [
        {
          file: 'a.test.json',
          name: 'told twice',
          ok: true,
          expected: scenario.expect,
          actual: scenario.expect,
        },
      ],
      problems: [],
    });
  });

  it('takes the profile beside the file, also when the profile is named', async () => {
    await write('a.json', `// comments are allowed\n${JSON.stringify(profile)}`);
    await write('a.test.json', { scenarios: [scenario] });
    assert.equal((await run({}, ['a.json'])).code, 0);
    assert.equal((await run({}, ['a.test.json'])).code, 0);
  });

  it('fails with exit 1 and the timeline around the first difference only', async () => {
    const wrong = {
      ...scenario,
      until: '40d',
      expect: [
        { at: '0s', rules: ['client'] },
        { at: '25h', rules: ['client'] },
      ],
    };
    await write('a.test.json', { scenarios: [{ ...wrong, profile }] });
    const { code, printed } = await run({ format: 'human' });
    assert.equal(code, 1);
    assert.match(printed, /expected check of 25h notified client/);
    assert.match(
      printed,
      /found {4}check of 24h notified client \(2\)|found {4}check of 24h notified client/,
    );
    assert.ok(printed.split('\n').length < 20, 'forty days are not all shown');
    const json = JSON.parse((await run()).printed) as { failed: number; scenarios: { actual: unknown[] }[] };
    assert.equal(json.failed, 1);
    assert.deepEqual(json.scenarios[0]?.actual, [
      { at: '0s', rules: ['client'] },
      { at: '24h', rules: ['client'] },
      { at: '48h', rules: ['client'] },
    ]);
  });

  it('fails where a notice has other recipients or another count than expected', async () => {
    const [first, second] = scenario.expect;
    await write('a.test.json', {
      scenarios: [
        { ...scenario, profile, expect: [first, { ...second, to: ['other@client.example'] }] },
        { ...scenario, profile, name: 'counts', expect: [first, { ...second, count: { client: 1 } }] },
      ],
    });
    assert.equal((JSON.parse((await run()).printed) as { failed: number }).failed, 2);
  });

  it('reports JUnit that names each scenario', async () => {
    await write('a.test.json', { scenarios: [{ ...scenario, profile, name: 'a < b\ufffe\u0001\n"' }] });
    assert.match(
      (await run({ format: 'junit' })).printed,
      /tests="1" failures="0"[^]*name="a &lt; b\ufffd\ufffd&#10;&quot;"/,
    );
  });

  it('plays only what the filter names', async () => {
    await write('a.test.json', {
      scenarios: [
        { ...scenario, profile },
        { ...scenario, profile, name: 'other' },
      ],
    });
    assert.equal((JSON.parse((await run({ filter: 'OTHER' })).printed) as { passed: number }).passed, 1);
    await assert.rejects(run({ filter: 'none' }), CliError);
  });

  it('ends 64 where there is nothing to play', async () => {
    await mkdir(path.join(folder, 'empty'));
    for (const named of ['no-such', 'empty'])
      await assert.rejects(
        run({}, [named]),
        (error: unknown) => error instanceof CliError && error.code === 64,
      );
  });

  for (const [name, content, code, message] of [
    ['an empty file', '', 'empty-file', /empty/],
    ['a file that is no JSON', '{ "scenarios": [', 'syntax', /Expected/],
    ['no scenario', '{}', 'no-scenarios', /list/],
    ['binary', '\u0000\u0001PNG', 'not-text', /JSON/],
    ['endless nesting', '['.repeat(200_000), 'too-deep', /levels/],
    ['a misspelt field', { scenarios: [{ ...scenario, profile, util: '3d' }] }, 'unknown-property', /"util"/],
    [
      'a missing field',
      { scenarios: [{ name: 'x', profile, until: '1d', expect: [] }] },
      'missing-property',
      /"client"/,
    ],
    [
      'a time of eleven years',
      { scenarios: [{ ...scenario, profile, until: '4015d' }] },
      'duration-too-long',
      /3650d/,
    ],
    [
      'an event that nobody knows',
      { scenarios: [{ ...scenario, profile, events: [{ at: '1h', blance: 4 }] }] },
      'unknown-property',
      /did you mean "balance"/,
    ],
    [
      'a wrong rule',
      { scenarios: [{ ...scenario, profile, expect: [{ at: '0s', rules: ['Client'] }] }] },
      'wrong-value',
      /expected "user", "client" or "advanced:<name>"/,
    ],
    [
      'a profile that validate would refuse',
      {
        scenarios: [
          { ...scenario, profile: { ...profile, clientNotification: { threshold: 5, notify: false } } },
        ],
      },
      'reaches-nobody',
      /notifies nobody/,
    ],
    [
      'an edit that validate would refuse',
      { scenarios: [{ ...scenario, profile, events: [{ at: '1h', profile: { currency: 'ZZZ' } }] }] },
      'unknown-currency',
      /ZZZ/,
    ],
    [
      'a merge conflict',
      '{\n<<<<<<< HEAD\n"scenarios": [],\n=======\n"scenarios": [1],\n>>>>>>> other\n}',
      'merge-conflict',
      /<<<<<<< HEAD/,
    ],
    ['a bad time', { scenarios: [{ ...scenario, profile, until: '3 days' }] }, 'wrong-value', /time such as/],
    [
      'a bad amount',
      { scenarios: [{ ...scenario, profile, client: { balance: '1e3' } }] },
      'wrong-value',
      /amount/,
    ],
    ['a scenario that is none', { scenarios: [7] }, 'wrong-type', /object/],
    [
      'a rule that no profile has',
      { scenarios: [{ ...scenario, profile, expect: [{ at: '0s', rules: ['user'] }] }] },
      'unknown-rule',
      /"user"/,
    ],
    ['no profile beside it', { scenarios: [scenario] }, 'no-profile', /a\.json/],
    [
      'a profile without end',
      { scenarios: [{ ...scenario, until: '3650d', profile: { ...profile, period: '1s' } }] },
      'too-long',
      /checks/,
    ],
    [
      'a start that no calendar has',
      { scenarios: [{ ...scenario, profile, start: '2026-02-30T00:00:00Z' }] },
      'invalid-time',
      /2026-02-30T00:00:00Z/,
    ],
    [
      'a Period of nothing',
      { scenarios: [{ ...scenario, profile: { ...profile, period: '0s' } }] },
      'period-too-short',
      /Period/,
    ],
    [
      'a move to nowhere',
      { scenarios: [{ ...scenario, profile, events: [{ at: '1h', moveTo: 'acme/x' }] }] },
      'unknown-profile',
      /acme\/x/,
    ],
    [
      'an event after the end',
      { scenarios: [{ ...scenario, profile, until: '3d', events: [{ at: '73h', balance: 4 }] }] },
      'after-end',
      /73h never happens: the scenario ends at 3d/,
    ],
    [
      'a notice that is expected after the end',
      { scenarios: [{ ...scenario, profile, until: '1h', expect: [{ at: '61m', rules: ['client'] }] }] },
      'after-end',
      /no check is made at 61m/,
    ],
    [
      'two scenarios of one name',
      {
        scenarios: [
          { ...scenario, profile },
          { ...scenario, profile, until: '1d' },
        ],
      },
      'duplicate-name',
      /line \d+ is called ".+" too/,
    ],
    ...[-5, '-5', '-0.1'].map(
      (charge) =>
        [
          `a charge of ${JSON.stringify(charge)}`,
          { scenarios: [{ ...scenario, profile, events: [{ at: '1h', charge }] }] },
          typeof charge === 'string' ? 'wrong-value' : 'out-of-range',
          /amount of at least 0|below the minimum of 0/,
        ] as const,
    ),
    ...[0, '0.0', -1].map(
      (rate) =>
        [
          `an exchange rate of ${JSON.stringify(rate)}`,
          { scenarios: [{ ...scenario, profile, rates: [{ from: 'USD', to: 'EUR', rate }] }] },
          typeof rate === 'string' ? 'wrong-value' : 'out-of-range',
          /amount above 0|below the exclusive minimum of 0/,
        ] as const,
    ),
    [
      'an event in which nothing happens',
      { scenarios: [{ ...scenario, profile, events: [{ at: '1h' }] }] },
      'nothing-happens',
      /nothing happens at 1h/,
    ],
    [
      'a refill beside the signal of another',
      {
        scenarios: [
          { ...scenario, profile, events: [{ at: '1h', refill: 5, signal: { id: 'r', at: '1h' } }] },
        ],
      },
      'two-refills',
      /expected two events/,
    ],
    ...[{ signal: false }, { signal: true }, { id: 'r-1' }, { dated: '2h' }].map(
      (detail) =>
        [
          `${JSON.stringify(detail)} without a refill`,
          { scenarios: [{ ...scenario, profile, events: [{ at: '1h', balance: 5, ...detail }] }] },
          'no-refill',
          /expected "refill" beside it/,
        ] as const,
    ),
    [
      'a mute that is over when it begins',
      { scenarios: [{ ...scenario, profile, events: [{ at: '2h', mute: '2h' }] }] },
      'in-the-past',
      /over at 2h/,
    ],
    [
      'the counter of a rule that no profile has',
      { scenarios: [{ ...scenario, profile, events: [{ at: '2h', resetRule: 'user' }] }] },
      'unknown-rule',
      /"user"/,
    ],
    [
      'the expected count of a rule that no profile has',
      {
        scenarios: [{ ...scenario, profile, expect: [{ at: '0s', rules: ['client'], count: { user: 1 } }] }],
      },
      'unknown-rule',
      /"user"/,
    ],
    [
      'the expected recovery of a rule that no profile has',
      { scenarios: [{ ...scenario, profile, expect: [{ at: '0s', rules: [], recovered: ['user'] }] }] },
      'unknown-rule',
      /"user"/,
    ],
  ] as const) {
    it(`says what is wrong with ${name}, and where`, async () => {
      await write('a.test.json', content);
      const ran = await run();
      assert.equal(ran.code, 1);
      const { problems, failed } = JSON.parse(ran.printed) as {
        failed: number;
        problems: { file: string; line: number; column: number; code: string; message: string }[];
      };
      assert.equal(failed, 1);
      assert.equal(problems[0]?.code, code);
      assert.match(problems[0].message, message);
      assert.equal(problems[0].file, 'a.test.json');
      assert.ok(problems[0].line >= 1 && problems[0].column >= 1);
    });
  }

  for (const refill of [0, -50, '0.00', '-50', '-0', 1e-7, 20, '0.00000001']) {
    it(`takes ${JSON.stringify(refill)} for a refill as the service does`, async () => {
      await write('a.test.json', {
        scenarios: [
          { ...scenario, profile, until: '1s', expect: [scenario.expect[0]], events: [{ at: '1s', refill }] },
        ],
      });
      const judged = judgeRefillAmount(refill) === 'positive';
      assert.equal((await run()).code === 0, judged);
    });
  }

  it('shows the line and column of a misspelt field', async () => {
    await write('a.test.json', '{ "scenarios": [\n  { "nme": "x" }\n] }');
    assert.match(
      (await run({ format: 'human' })).printed,
      /a\.test\.json:2:5: error unknown-property: "nme"/,
    );
  });
});
