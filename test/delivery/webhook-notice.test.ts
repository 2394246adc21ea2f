import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
// oxlint-disable-next-line import/default -- a CommonJS module: Node gives its exports as the default
import jsonLanguage from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { schemaPath } from '../../authoring/schema-files.js';
import { sampleMail } from '../../delivery/email/sample-mail.js';
import { webhookNoticeOf } from '../../delivery/webhook/webhook-notice.js';

describe('the body of a webhook', () => {
  const schema = JSON.parse(readFileSync(schemaPath('webhook-notice'), 'utf8')) as object;
  const problemsOf = async (body: object): Promise<readonly string[]> => {
    const document = TextDocument.create('file:///notice.json', 'json', 1, JSON.stringify(body));
    const service = jsonLanguage.getLanguageService({});
    const parsed = service.parseJSONDocument(document);
    const found = await service.doValidation(document, parsed, { schemaValidation: 'error' }, schema);
    return found.map(({ message }) => (typeof message === 'string' ? message : message.value));
  };

  const low = webhookNoticeOf(sampleMail);
  const recovered = webhookNoticeOf({ ...sampleMail, facts: { ...sampleMail.facts, rules: [] } });

  it('is what the published schema says', async () => {
    assert.deepEqual(await problemsOf(low), []);
    assert.deepEqual(await problemsOf(recovered), []);
    assert.deepEqual([low.type, recovered.type], ['balance.low', 'balance.recovered']);
  });

  it('may say more in a later version, and never less', async () => {
    assert.deepEqual(await problemsOf({ ...low, further: 1 }), []);
    const { client: _, ...data } = low.data;
    assert.equal((await problemsOf({ ...low, data })).length, 1);
  });

  it('names the rules with their figures, and no address', () => {
    assert.deepEqual(low.data.rules[0], {
      rule: 'client',
      audience: 'client',
      when: 'below',
      threshold: '50',
      thresholdCurrency: 'USD',
      limit: '46.3',
      kind: 'amount',
      inactiveSince: null,
      reminder: 1,
      maxQty: 3,
    });
    assert.equal(low.data.recovered[0]?.kind, 'lasts');
    assert.doesNotMatch(JSON.stringify(low), /@/);
  });
});
