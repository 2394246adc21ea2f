import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommandLine } from '../../cli/command-line.js';
import type { Parameter } from '../../cli/shared/parameters.js';
import type { Verb } from '../../cli/shared/verb.js';
import { verbs } from '../../cli/verbs.js';
import { deliveriesInOrder } from '../../delivery/delivery-report.js';
import { noticeStates } from '../../delivery/ledger/sent-notices.js';

const all: readonly Verb[] = Object.values(verbs).flat();

/** A right word for each argument: what is wrong on a line of the test is one thing only. */
const rightArguments: Readonly<Record<string, string>> = {
  webhook: 'acme/crm',
  client: 'C-1',
  first: 'C-1',
  profile: 'acme/a',
  rule: 'client',
  revision: '1',
  shell: 'bash',
};

/** What a verb needs on its line besides its arguments. */
const needed: Readonly<Record<string, readonly string[]>> = {
  mute: ['--for', '8h'],
  hold: ['--all', '--why', 'x'],
  release: ['--all', '--why', 'x'],
};

/** Texts that an option with a value never takes. */
const alwaysWrong = ['', ' '];

/** What else each option does not take. An option that is not here takes any text. */
const wrongTexts: Readonly<Record<string, readonly string[]>> = {
  '--format': ['jsn', 'JSON', 'yaml', 'human '],
  '--state': ['sent', 'Low', 'no'],
  '--backtest': ['yesterday', '2026-02-30', '2999-01-01', '24 h'],
  '--since': ['yesterday', '2026-13-45', '2026-02-30', '5', '2999-01-01', '-1h', '24 h'],
  '--until': ['tomorrow', '2020-01-01T00:00:00Z', '8h', '2999-01-32'],
  '--at': ['now', '2026-11-24T25:00', '1764000000'],
  '--for': ['x', '0s', '8', '8 hours', '4000d'],
  '--limit': ['0', '-1', '1e9', '2.5', 'all', '99999999'],
  '--reminder': ['0', 'x', '1.5', '-1', '1e3'],
  '--sort-order': ['x', '1.5'],
  '--max-qty': ['0', 'x', '1.5', '1001', '-3'],
  '--period': ['0s', '24', 'daily'],
  '--staff-threshold': ['x', '1,000', '1e3', '0x10'],
  '--client-threshold': ['x', '1,000.50'],
  '--currency': ['usd', 'US', 'XXQ', 'DOLLAR'],
  '--rate': ['0', '-1', 'x'],
  '--balance': ['x', '1,5'],
  '--per-day': ['x', '-1'],
  '--credit-limit': ['x', '-1'],
  '--own-threshold': ['x', '1,5'],
  '--time-zone': ['x', 'CEST+1', 'Europe/Nowhere'],
  '--refill': ['10d', '10d=', '=5', '10=5', '10d=-5', '10d=5=6'],
  '--amount': ['x', '0', '-50', '1,000.50'],
  '--lock-wait': ['x', '30', '-1s'],
  '--allow-delete': ['x', 'all', '2.0', '-1', '1e2'],
  '--audience': ['everybody', 'Staff'],
  '--language': ['not a language', '-'],
  '--ci': ['jenkins', 'GitHub'],
  '--billing': ['no-such-system', '..'],
  '--reseller': ['a/b', '..', 'a b'],
  '--profile': ['a', 'a/b/c', '../b', 'a b/c'],
  '--clients': ['-1', '2.5', 'all', '1e3'],
  '--rule': ['users', 'advanced:', 'Client'],
  '--why': ['x'.repeat(1_025)],
  '--by': ['x'.repeat(256)],
  '--billing-id': ['x'.repeat(65)],
  '--from': ['billing', 'a@b@c', 'Acme <billing>'],
  '--reply-to': ['help', 'a b@c.example'],
  '--support-email': ['help'],
  '--logo-url': ['http://acme.example/logo.png', 'logo.png'],
  '--support-url': ['acme.example'],
  '--top-up-url': ['http://acme.example/pay'],
  '--color': ['orange', '#fff', 'd9822b'],
  '--sendgrid-key': ['SG.abc', 'acme_key'],
  '--webhook': ['crm', '=https://crm.acme.example', 'a b=https://crm.acme.example'],
};

/** A right value for an option, to be put beside others. */
const rightTexts: Readonly<Record<string, string>> = {
  '--until': '2999-01-01',
  '--client': 'C-1',
  '--limit': '5',
  '--balance-from': 'h.csv',
  '--balance': '1',
  '--per-day': '1',
  '--refill': '1d=1',
  '--state': 'low',
  '--for': '8h',
  '--reseller': 'acme',
  '--profile': 'acme/a',
};

describe('the command line', () => {
  let cwd: string;
  let server: Server;
  let contacts = 0;
  let env: Readonly<Record<string, string>>;

  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'command-line-'));
    await mkdir(path.join(cwd, 'profiles', 'acme'), { recursive: true });
    server = createServer((socket) => {
      contacts += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    env = {
      MYSQL_URL: `mysql://root@${address}/lbp`,
      TEMPORAL_ADDRESS: address,
      SENDGRID_BASE_URL: `http://${address}`,
      SENDGRID_API_KEY: 'SG.test',
      MAIL_FROM: 'a@b.example',
    };
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(cwd, { recursive: true, force: true });
  });

  async function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    let out = '';
    let err = '';
    const code = await runCommandLine(words, {
      out: (text) => void (out += text),
      err: (line) => void (err += `${line}\n`),
      env,
      cwd,
      interactive: false,
      colour: false,
    });
    return { code, out, err };
  }

  async function refused(words: readonly string[], message?: RegExp): Promise<void> {
    const before = contacts;
    const { code, out, err } = await run(...words);
    assert.equal(code, 64, `${words.join(' ')}: ${err}`);
    assert.equal(out, '');
    assert.match(err, message ?? /^error: /);
    assert.equal(contacts, before, 'nothing is contacted');
    assert.deepEqual(await readdir(path.join(cwd, 'profiles', 'acme')), [], 'nothing is written');
  }

  const argumentsOf = (verb: Verb) =>
    parametersOf(verb, 'argument')
      .filter(([, { flags }]) => flags.startsWith('<'))
      .map(([name]) => rightArguments[name] ?? assert.fail(`${verb.name}: no right word for ${name}`));

  for (const verb of all) {
    describe(verb.name, () => {
      const given = () => [verb.name, ...argumentsOf(verb)];
      const complete = () => [...given(), ...(needed[verb.name] ?? [])];

      it('refuses an option that it does not have', () => refused([...complete(), '--nonsense'], /nonsense/));

      if (!parametersOf(verb, 'argument').some(([, { flags }]) => flags.includes('...')))
        it('refuses an argument too many', () =>
          refused([
            ...complete(),
            ...parametersOf(verb, 'argument').flatMap(([, { flags }]) =>
              flags.startsWith('[') ? ['x'] : [],
            ),
            'too-many',
          ]));

      for (const [index, [name]] of parametersOf(verb, 'argument').entries()) {
        if (argumentsOf(verb)[index] !== undefined)
          it(`refuses a line without its ${name}`, () =>
            refused([verb.name, ...argumentsOf(verb).slice(0, index)], /missing required argument/));
        it(`refuses an empty ${name}`, () =>
          refused([
            verb.name,
            ...argumentsOf(verb).slice(0, index),
            '',
            ...argumentsOf(verb).slice(index + 1),
          ]));
      }

      for (const [, { flags, reader, contradicts, many }] of parametersOf(verb, 'option')) {
        const [flag = ''] = flags.split(' ');
        if (!reader) {
          it(`refuses a value of ${flag}`, () => refused([...complete(), `${flag}=yes`]));
          continue;
        }
        it(`refuses ${flag} without a value`, () => refused([...given(), flag], /argument missing/));
        if (!many)
          it(`refuses two values of ${flag}`, () =>
            refused(
              [...given(), ...without(needed[verb.name], flag), `${flag}=one`, `${flag}=two`],
              new RegExp(`${flag} is given as "one" and "two": expected it once`),
            ));
        for (const text of [...alwaysWrong, ...(wrongTexts[flag] ?? [])])
          it(`refuses ${flag} ${JSON.stringify(text)}`, () =>
            refused(
              [...given(), ...without(needed[verb.name], flag), `${flag}=${text}`],
              new RegExp(`${flag} is "`),
            ));
        for (const other of contradicts)
          it(`refuses ${flag} beside ${other}`, () =>
            refused([...given(), ...valued(flag), ...valued(other)], /contradict each other/));
      }
    });
  }

  const valued = (flag: string) => (rightTexts[flag] === undefined ? [flag] : [flag, rightTexts[flag]]);

  it('knows what is wrong for every option that does not take any text', () => {
    const anyText = [
      '--folder',
      '--name',
      '--support-phone',
      '--user',
      '--filter',
      '--out',
      '--summary',
      '--author',
      '--id',
      '--client',
      '--balance-from',
    ];
    const unknown = all
      .flatMap((verb) => parametersOf(verb, 'option'))
      .filter(([, { reader }]) => reader)
      .map(([, { flags }]) => flags.split(' ')[0]!)
      .filter((flag) => !(flag in wrongTexts) && !anyText.includes(flag));
    assert.deepEqual([...new Set(unknown)], []);
  });

  it('names everything that is wrong at once', async () => {
    const { err } = await run('notices', '--limit', 'x', '--format', 'jsn', '--since', 'soon');
    for (const flag of ['--limit', '--format', '--since']) assert.ok(err.includes(`${flag} is "`), err);
  });

  it('shows no control character of the line', async () => {
    const { err } = await run('status', 'C-1', '--format', 'j\u001b[31m');
    assert.ok(!err.replaceAll('\u001b[39m', '').includes('j\u001b'), err);
  });

  it('refuses a verb that is not there, and a line without one', async () => {
    await refused(['staus', 'C-1'], /unknown command 'staus'[\s\S]*Did you mean status/);
    await refused([], /Usage: low-balance/);
  });

  it('mute needs one of --for and --until', () =>
    refused(['mute', 'C-1'], /expected one of --for and --until/));
  it('simulate needs a currency for a rate', () =>
    refused(['simulate', 'acme/a', '--rate', '0.9'], /expected --currency/));

  it('lets a right line through to what it is about', async () => {
    const before = contacts;
    const { code } = await run('notices', '--state', 'bounced', '--since', '24h', '--limit', '5');
    assert.equal(code, 70, 'the MySQL of this test hangs up');
    assert.ok(contacts > before);
  });

  it('knows every state of a notice and of a mail', () => {
    const { reader } = all.find(({ name }) => name === 'notices')!.parameters['state']!;
    assert.deepEqual(reader?.choices, [...noticeStates, ...deliveriesInOrder]);
  });

  it('says its version', async () => {
    for (const flag of ['--version', '-V']) {
      const { code, out } = await run(flag);
      assert.equal(code, 0);
      assert.match(out, /^\d+\.\d+\.\d+\n$/);
    }
  });

  it('explains every verb, with its choices and defaults', async () => {
    for (const { name } of all) {
      const { code, out } = await run(name, '--help');
      assert.equal(code, 0);
      assert.match(out, new RegExp(`^Usage: low-balance ${name}`));
    }
    const { out } = await run('validate', '--help');
    assert.match(out, /human, json, github, sarif, junit\s+\(default: human\)/);
    assert.equal((await run('--help')).code, 0);
  });

  it('ends with the status of what a verb finds', async () => {
    await writeFile(path.join(cwd, 'broken.json'), '{');
    assert.equal((await run('validate', 'broken.json')).code, 1);
  });
});

function parametersOf(
  { parameters }: Verb,
  kind: 'argument' | 'option',
): readonly (readonly [string, Parameter<unknown>])[] {
  return Object.entries(parameters).filter(([, parameter]) => parameter.kind === kind);
}

/** The needed words without an option that is tried itself. */
function without(words: readonly string[] = [], flag: string): readonly string[] {
  if (flag === '--for' || flag === '--until') return [];
  const at = words.indexOf(flag);
  return at < 0 ? words : words.toSpliced(at, 2);
}
