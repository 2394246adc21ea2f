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
      assert.match(part, /\$50\.00: reminder 1 of 3/);
      assert.match(part, /2 more reminders may follow/);
      assert.match(part, /Please top up your account/);
      assert.match(part, /November 24, 2026 at 09:00 UTC/);
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
    assert.match(text, /these thresholds:\n- €46\.30 \(\$50\.00\): reminder 1 of 3\n/);
    assert.match(text, /nothing was charged since October 1, 2026 at 00:00 UTC/);
  });

  it('tell the staff which client it is, by which profile, and where to look', () => {
    const rules = [aRule({ key: 'user', threshold: '100' })];
    const { subject, text } = renderer.render(mailWith({ rules }, { audience: 'staff' }));
    assert.equal(subject, 'Low balance: Client One has $40.00');
    assert.match(text, /Client One \(client c-1\)/);
    assert.match(text, /profile “Prepaid” \(acme\/prepaid\):\n- for the staff: \$100\.00, reminder 1 of 3/);
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
    { asked: 'en-GB', language: 'en', subject: 'Your balance with Acme is low: €1,234.50' },
    { asked: 'fr', language: 'en', subject: 'Your balance with Acme is low: €1,234.50' },
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
});
