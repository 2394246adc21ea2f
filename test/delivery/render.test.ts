import assert from 'node:assert/strict';
import { createRenderer } from '../../delivery/email/render.js';
import type { NoticeFacts, Message, RuleFacts } from '../../delivery/message.js';
import { aMail } from './a-mail.js';

const renderer = createRenderer();

function aRule(changes: Partial<RuleFacts> = {}): RuleFacts {
  return {
    key: 'client',
    threshold: '50',
    thresholdCurrency: 'USD',
    convertedThreshold: null,
    inactiveSince: null,
    reminder: 1,
    maxQty: 3,
    ...changes,
  };
}

function mailWith(facts: Partial<NoticeFacts>, changes: Partial<Message> = {}): Message {
  const mail = aMail(changes);
  return { ...mail, facts: { ...mail.facts, rules: [aRule()], ...facts } };
}

describe('the words of a mail', () => {
  it('say the balance, the threshold, the reminders left and what to do, in text and HTML', () => {
    const { subject, text, html } = renderer.render(
      mailWith({ availableBalance: '45', checkedAt: Date.UTC(2026, 10, 24, 9) }),
    );
    assert.equal(subject, 'Your balance with Acme is low: $45.00');
    for (const part of [text, html]) {
      assert.match(part, /\$45\.00/);
      assert.match(
        part.replaceAll(/<[^>]*>/g, '').replaceAll('&nbsp;', ' '),
        /below \$50\.00 · reminder 1 of 3/,
      );
      assert.match(part, /2 more reminders may follow/);
      assert.match(part, /Please top up your account/);
      assert.match(part, /November 24, 2026 at 09:00 UTC/);
    }
  });

  it('name the most urgent threshold first, and most visibly', () => {
    const rules = [
      aRule({ key: 'advanced:owes', threshold: '30', when: 'above' }),
      aRule({ threshold: '100' }),
      aRule({ key: 'advanced:half', threshold: '9', thresholdCurrency: 'EUR', convertedThreshold: '50' }),
      aRule({ key: 'advanced:much', threshold: '40', when: 'above' }),
      aRule({ key: 'advanced:tenth', threshold: '10' }),
    ];
    for (const audience of ['client', 'staff'] as const) {
      const { text, html } = renderer.render(mailWith({ rules }, { audience }));
      const named = [...text.matchAll(/^- (\w+ \S+)/gm)].map(([, each]) => each);
      assert.deepEqual(named, [
        'below $10.00',
        'below $50.00',
        'below $100.00',
        'above $40.00',
        'above $30.00',
      ]);
      assert.deepEqual(
        [...html.matchAll(/<li[^>]*><strong>([^<]*)<\/strong>/g)].map(([, each]) => each),
        ['below $10.00'],
      );
    }
  });

  it('say when no more reminder comes', () => {
    const { text } = renderer.render(mailWith({ rules: [aRule({ reminder: 3 })] }));
    assert.match(text, /This is the last reminder until your balance is refilled/);
    assert.doesNotMatch(text, /may follow/);
  });

  it('say one more reminder in the singular', () => {
    assert.match(
      renderer.render(mailWith({ rules: [aRule({ reminder: 2 })] })).text,
      /1 more reminder may follow/,
    );
  });

  it('name every rule, the threshold in both currencies and since when nothing was charged', () => {
    const rules = [
      aRule({ convertedThreshold: '46.3' }),
      aRule({ key: 'advanced:dormant', inactiveSince: Date.UTC(2026, 9, 1) }),
    ];
    const { text } = renderer.render(mailWith({ currency: 'EUR', rules }));
    assert.match(text, /It is:\n- below €46\.30 \(\$50\.00\) · reminder 1 of 3\n/);
    assert.match(text, /nothing was charged since October 1, 2026 at 00:00 UTC/);
  });

  it('tell the staff which client it is, by which profile, and where to look', () => {
    const rules = [aRule({ key: 'user', threshold: '100' })];
    const { subject, text } = renderer.render(mailWith({ rules }, { audience: 'staff' }));
    assert.equal(subject, 'Low balance: Client One has $40.00');
    assert.match(text, /Client One \(client c-1\)/);
    assert.match(text, /- below \$100\.00 · for the staff, reminder 1 of 3/);
    assert.match(text, /Profile: “Prepaid” \(acme\/prepaid\)/);
    assert.match(text, /Workflow low-balance:client:c-1/);
  });

  const languages: readonly {
    readonly asked: string | null;
    readonly language: string;
    readonly subject: string;
  }[] = [
    { asked: 'de-AT', language: 'de', subject: 'Ihr Guthaben bei Acme ist niedrig: € 1.234,50' },
    { asked: 'de', language: 'de', subject: 'Ihr Guthaben bei Acme ist niedrig: 1.234,50 €' },
    { asked: 'uk_UA', language: 'uk', subject: 'Низький баланс у Acme: 1 234,50 EUR' },
    { asked: 'de_DE.UTF-8', language: 'de', subject: 'Ihr Guthaben bei Acme ist niedrig: 1.234,50 €' },
    { asked: 'de_AT@euro', language: 'de', subject: 'Ihr Guthaben bei Acme ist niedrig: € 1.234,50' },
    { asked: 'en-GB', language: 'en', subject: 'Your balance with Acme is low: €1,234.50' },
    { asked: 'sw', language: 'en', subject: 'Your balance with Acme is low: €1,234.50' },
    { asked: 'no language', language: 'en', subject: 'Your balance with Acme is low: €1,234.50' },
    { asked: null, language: 'en', subject: 'Your balance with Acme is low: €1,234.50' },
  ];
  for (const { asked, language, subject } of languages) {
    it(`are ${language} for a client whose language is ${asked ?? 'not known'}`, () => {
      const mail = mailWith({ availableBalance: '1234.5', currency: 'EUR' }, { language: asked });
      const rendered = renderer.render(mail);
      assert.equal(rendered.language, language);
      // Intl separates with no-break spaces of several kinds.
      assert.equal(rendered.subject.replaceAll(/\s/g, ' '), subject);
    });
  }

  it('use the plural forms of Ukrainian', () => {
    const left = (count: number) =>
      renderer.render(mailWith({ rules: [aRule({ reminder: 1, maxQty: count + 1 })] }, { language: 'uk' }))
        .text;
    assert.match(left(1), /щонайбільше 1 нагадування,/);
    assert.match(left(3), /щонайбільше 3 нагадування,/);
    assert.match(left(5), /щонайбільше 5 нагадувань,/);
  });

  it('show amounts exactly and in the digits of their currency', () => {
    const amount = (availableBalance: string, currency: string) =>
      renderer
        .render(mailWith({ availableBalance, currency }, { audience: 'staff' }))
        .subject.split(' has ')[1];
    assert.equal(amount('49.99999999', 'USD'), '$49.99999999');
    assert.equal(amount('123456789012345678.12', 'USD'), '$123,456,789,012,345,678.12');
    assert.equal(amount('100', 'JPY'), '¥100');
    assert.equal(amount('-0.5', 'BHD')?.replaceAll(/\s/g, ' '), '-BHD 0.500');
  });

  it('show times in the zone of the client, and in UTC where there is no such zone', () => {
    const at = (timeZone: string | null) =>
      renderer.render(mailWith({ checkedAt: Date.UTC(2026, 6, 1, 12) }, { timeZone })).text;
    assert.match(at('Asia/Tokyo'), /July 1, 2026 at 21:00 GMT\+9/);
    assert.match(at('Mars/Olympus'), /July 1, 2026 at 12:00 UTC/);
    assert.match(at(null), /July 1, 2026 at 12:00 UTC/);
  });

  it('give the same facts to a dynamic template of the provider', () => {
    const data = renderer.templateData(mailWith({ availableBalance: '45' }, { language: 'de' }));
    assert.equal(data['balance'], '45,00\u00a0$');
    assert.deepEqual(data['client'], { id: 'c-1', name: 'Client One' });
  });

  const twoDays = { kind: 'lasts', lastsMs: 172_800_000, dailySpend: '25' } as const;
  const kinds: readonly {
    readonly name: string;
    readonly rule: Partial<RuleFacts>;
    readonly client: string;
    readonly staff: string;
  }[] = [
    {
      name: 'a share of the credit limit',
      rule: { threshold: '100', basis: { kind: 'percentOfCreditLimit', percent: '20', creditLimit: '500' } },
      client: 'below 20% of your credit limit ($100.00)',
      staff: 'below 20% of the credit limit ($100.00)',
    },
    {
      name: 'a share of the last refill',
      rule: {
        threshold: '12.5',
        basis: { kind: 'percentOfLastRefill', percent: '12.5', lastRefillAmount: '100' },
      },
      client: 'below 12.5% of your last refill ($12.50)',
      staff: 'below 12.5% of the last refill ($12.50)',
    },
    {
      name: 'what is spent in some days',
      rule: { threshold: '50', basis: twoDays },
      client: 'below your usual spending for 2 days ($50.00): it is enough for about 1.6 days',
      staff: 'below the usual spending for 2 days ($50.00): it is enough for about 1.6 days',
    },
    {
      name: "the client's own threshold",
      rule: { threshold: '45', basis: { kind: 'own' } },
      client: 'below your own threshold of $45.00',
      staff: 'below the client’s own threshold of $45.00',
    },
    {
      name: 'a threshold that is exceeded',
      rule: { threshold: '30', when: 'above' },
      client: 'above $30.00',
      staff: 'above $30.00',
    },
  ];
  for (const { name, rule, ...expected } of kinds) {
    it(`say ${name}`, () => {
      for (const audience of ['client', 'staff'] as const) {
        const { text } = renderer.render(mailWith({ rules: [aRule(rule)] }, { audience }));
        assert.ok(text.includes(`- ${expected[audience]} ·`), text);
      }
    });
  }

  it('do not ask for a payment where the balance is above', () => {
    const branding = { topUpUrl: 'https://acme.example/pay' };
    const { subject, text, html } = renderer.render(
      mailWith({ rules: [aRule({ when: 'above', threshold: '30' })] }, { branding }),
    );
    assert.equal(subject, 'Your balance with Acme: $40.00');
    for (const part of [text, html]) assert.doesNotMatch(part, /top up|acme\.example/i);
  });

  it('say what has recovered, alone and beside what is low', () => {
    const recovered = [aRule({ threshold: '35' })];
    const alone = renderer.render(mailWith({ rules: [], recovered }));
    assert.equal(alone.subject, 'Your balance with Acme has recovered: $40.00');
    assert.match(alone.text, /It is no longer:\n- below \$35\.00\n/);
    assert.doesNotMatch(alone.text, /reminder \d|top up/i);
    const paid = { at: Date.UTC(2026, 10, 24, 8), amount: '80' };
    const { text: known } = renderer.render(mailWith({ rules: [], recovered, lastRefill: paid }));
    assert.match(known, /Last payment: \$80\.00, November 24, 2026 at 08:00 UTC\.\nThere is nothing to do/);
    assert.doesNotMatch(alone.text, /payment/);
    const both = renderer.render(mailWith({ recovered }));
    assert.match(both.subject, /is low/);
    assert.match(both.text, /- below \$50\.00 ·[\s\S]*It is no longer:\n- below \$35\.00\n/);
    const staff = renderer.render(mailWith({ rules: [], recovered }, { audience: 'staff' }));
    assert.equal(staff.subject, 'Recovered: Client One has $40.00');
  });

  it('bring the name, colour, button and support of the reseller', () => {
    const branding = {
      name: 'Acme & Sons',
      color: '#ffe000',
      logoUrl: 'https://acme.example/logo.png?a=1&b=2',
      topUpUrl: 'https://acme.example/pay?client={clientId}&c={currency}&l={language}',
      support: { email: 'help@acme.example', phone: '+1 555 0100', url: 'https://acme.example/help' },
    };
    const { text, html } = renderer.render(mailWith({}, { branding, language: 'de-AT', clientId: 'a/b&c' }));
    assert.match(text, /→ https:\/\/acme\.example\/pay\?client=a%2Fb%26c&c=USD&l=de-AT\n/);
    assert.match(
      text,
      /Fragen\? help@acme\.example\u00a0· \+1\u00a0555\u00a00100\u00a0· https:\/\/acme\.example\/help/,
    );
    assert.match(html, /background:#ffe000[^>]*><a href="https:\/\/acme\.example\/pay[^>]*color:#000000/);
    assert.match(html, /src="https:\/\/acme\.example\/logo\.png[^>]*>Acme &amp; Sons</);
  });

  it('draw a line around a button whose colour is hardly seen on white, or on dark ground', () => {
    const edgeOf = (color: string) =>
      / style="background:#.{6};border:1px solid (#.{6});/.exec(
        renderer.render(mailWith({}, { branding: { color, topUpUrl: 'https://acme.example/pay' } })).html,
      )?.[1];
    assert.deepEqual(['#d9822b', '#ffffff', '#fff7d6', '#000000', '#14202e'].map(edgeOf), [
      '#d9822b',
      '#98a2b3',
      '#98a2b3',
      '#98a2b3',
      '#98a2b3',
    ]);
  });

  it('show nothing of a logo that is not loaded', () => {
    const { html } = renderer.render(mailWith({}, { branding: { logoUrl: 'https://acme.example/l.png' } }));
    assert.match(html, /<img class="logo" src="https:\/\/acme\.example\/l\.png" alt="" height/);
    const [inTheDark] = /\.logo \{[^}]*\}/.exec(html) ?? [];
    assert.doesNotMatch(inTheDark ?? assert.fail('no plate'), /padding|border|shadow|outline/);
  });

  it('lead to https alone, and take no colour that is none', () => {
    const branding = {
      color: 'red;background:url(x)',
      logoUrl: 'javascript:alert(1)',
      topUpUrl: 'http://acme.example/pay',
      support: { url: 'file:///etc/passwd' },
    };
    const { text, html } = renderer.render(mailWith({}, { branding }));
    assert.doesNotMatch(text + html, /javascript:|http:|file:|url\(x\)/);
    assert.match(html, /#d9822b/);
  });

  it('are those of the reseller where it has words of its own, and ours for the rest', () => {
    const overrides = new Map([
      ['de/client.subject.hbs', 'Konto {{client.id}}: {{balance}}'],
      ['de/words.hbs', '{{#*inline "greeting"}}Servus {{client.name}}!{{/inline}}'],
    ]);
    const own = createRenderer(undefined, {
      overridesOf: ({ profileId }) => (profileId.startsWith('acme/') ? overrides : undefined),
    });
    const mail = mailWith({}, { language: 'de' });
    const { subject, text, html } = own.render(mail);
    assert.equal(subject, 'Konto c-1: 40,00 $');
    for (const part of [text, html]) {
      assert.match(part, /Servus Client One!/);
      assert.match(part, /Bitte laden Sie Ihr Konto auf/);
    }
    const other = own.render({ ...mail, profileId: 'globex/prepaid' });
    assert.match(other.text, /Guten Tag Client One/);
  });

  const counts = [1, 2, 5, 21, 22, 25];
  for (const [language, forms] of Object.entries({
    es: [/1 recordatorio más/, /2 recordatorios más/, /5 recordatorios/, /21 rec/, /22 rec/, /25 rec/],
    fr: [
      /1 autre rappel peut/,
      /2 autres rappels peuvent/,
      /5 autres/,
      /21 autres/,
      /22 autres/,
      /25 autres/,
    ],
    it: [
      /può seguire ancora 1 promemoria/,
      /possono seguire altri 2/,
      /altri 5/,
      /altri 21/,
      /altri 22/,
      /altri 25/,
    ],
    pl: [
      /może przyjść jeszcze 1 przypomnienie,/,
      /mogą przyjść jeszcze 2 przypomnienia,/,
      /może przyjść jeszcze 5 przypomnień,/,
      /21 przypomnień,/,
      /mogą przyjść jeszcze 22 przypomnienia,/,
      /25 przypomnień,/,
    ],
    pt: [
      /pode chegar mais 1 lembrete,/,
      /podem chegar mais 2 lembretes,/,
      /5 lem/,
      /21 lem/,
      /22 lem/,
      /25 lem/,
    ],
    tr: [/en fazla 1 hatırlatma daha/, /2 hatırlatma/, /5 hat/, /21 hat/, /22 hat/, /25 hat/],
    uk: [
      /1 нагадування,/,
      /2 нагадування,/,
      /5 нагадувань,/,
      /21 нагадування,/,
      /22 нагадування,/,
      /25 нагадувань,/,
    ],
  })) {
    it(`use the plural forms of ${language}`, () => {
      for (const [index, count] of counts.entries()) {
        const rules = [aRule({ reminder: 1, maxQty: count + 1 })];
        assert.match(renderer.render(mailWith({ rules }, { language })).text, forms[index]!);
      }
    });
  }

  it('are complete in every language: no name of a value and no word of another language is left', () => {
    const rules = [aRule(), ...kinds.map(({ rule }, index) => aRule({ key: `advanced:r${index}`, ...rule }))];
    const texts = ['en', 'de', 'uk', 'es', 'fr', 'it', 'pl', 'pt', 'tr'].flatMap((language) =>
      (['client', 'staff'] as const).flatMap((audience) =>
        [
          { rules, recovered: rules },
          { rules: [], recovered: rules },
        ].map((facts) => {
          const { subject, text, html } = renderer.render(mailWith(facts, { language, audience }));
          for (const part of [subject, text, html])
            assert.doesNotMatch(part, /\{\{|undefined|\[object|\bnull\b/);
          return text;
        }),
      ),
    );
    assert.equal(new Set(texts).size, texts.length);
  });
});
