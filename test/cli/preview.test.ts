import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { preview } from '../../cli/write/preview.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { anIo } from '../scenarios/an-io.js';

interface Previewed {
  readonly audience: string;
  readonly kind: string;
  readonly rules: readonly string[];
  readonly recipients: readonly string[];
  readonly text: string;
}

describe('preview', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'preview-'));
    await mkdir(path.join(folder, 'profiles', 'acme'), { recursive: true });
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function mailsOf(rules: Partial<ProfileFile>): Promise<readonly Previewed[]> {
    const profile = { name: 'P', reseller: 'acme', currency: 'USD', sortOrder: 1, maxQty: 3, period: '24h' };
    await writeFile(
      path.join(folder, 'profiles', 'acme', 'p.json'),
      JSON.stringify({ ...profile, ...rules }),
    );
    const io = anIo(folder);
    assert.equal(await preview('acme/p', { folder: 'profiles', reminder: 1, format: 'json' }, io), 0);
    return JSON.parse(io.printed()) as readonly Previewed[];
  }

  const kinds: readonly (readonly [string, ProfileFile['clientNotification'] & object, RegExp])[] = [
    ['an amount', { threshold: 50 }, /available balance with acme is \$45\.00\. It is:\n- below \$50\.00/],
    [
      'a share of the credit limit',
      { threshold: { percentOfCreditLimit: 20 } },
      /is \$90\.00\. It is:\n- below 20% of your credit limit \(\$100\.00\)/,
    ],
    [
      'a share of the last refill',
      { threshold: { percentOfLastRefill: 10 } },
      /is \$18\.00\. It is:\n- below 10% of your last .*\(\$20\.00\)/,
    ],
    [
      'days of spending',
      { threshold: { lasts: '2d' } },
      /is \$27\.00\. It is:\n- below your usual spending for 2 days \(\$30\.00\): it is enough for about 1\.8 days/,
    ],
    [
      'a threshold of its own',
      { threshold: { own: true, otherwise: 50 } },
      /is \$27\.00\. It is:\n- below your own threshold of \$30\.00/,
    ],
    [
      'an amount that is exceeded',
      { threshold: 1000, when: 'above' },
      /\$1,500\.00\. It is:\n- above \$1,000\.00/,
    ],
  ];
  for (const [name, clientNotification, words] of kinds)
    it(`shows the mail of ${name}, with figures that fit`, async () => {
      const mails = await mailsOf({ clientNotification });
      assert.deepEqual(
        mails.map(({ audience, kind, rules }) => [audience, kind, rules]),
        [['client', 'low', ['client']]],
      );
      assert.match(mails[0]!.text, words);
    });

  it('shows the mail of a recovery to everyone whom the rule notifies, on the other side of the limit', async () => {
    const mails = await mailsOf({
      userNotification: { threshold: 100, emails: ['noc@acme.example'], recovered: true },
      clientNotification: { threshold: 50 },
      advancedRules: [{ name: 'owes', when: 'above', threshold: 1000, recovered: true }],
    });
    assert.deepEqual(
      mails.map(({ audience, kind, rules, recipients }) => [audience, kind, rules, recipients]),
      [
        ['staff', 'low', ['user'], ['manager@acme.example', 'noc@acme.example']],
        ['client', 'low', ['client'], ['billing@client.example']],
        ['staff', 'recovered', ['user'], ['manager@acme.example', 'noc@acme.example']],
        ['client', 'low', ['advanced:owes'], ['billing@client.example']],
        ['client', 'recovered', ['advanced:owes'], ['billing@client.example']],
      ],
    );
    assert.match(mails[2]!.text, /\$150\.00\. It is no longer:\n- below \$100\.00/);
    assert.match(mails[4]!.text, /\$900\.00\. It is no longer:\n- above \$1,000\.00/);
  });
});
