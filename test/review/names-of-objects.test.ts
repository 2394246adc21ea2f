import assert from 'node:assert/strict';
import { explain } from '../../cli/review/explain.js';
import { readScenarios } from '../../scenarios/read-scenarios.js';
import { simulateStory } from '../../scenarios/simulate-story.js';
import { json } from './plan-json.js';
import { type World, rowsOf, useWorld } from './world.js';

/** What every object of JavaScript has, and what somebody may be called all the same. */
const logins = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];
const rules = ['constructor', 'toString', 'valueOf', 'hasOwnProperty'];
const id = 'constructor/toString';

describe('names that every object has', () => {
  let world: World;
  useWorld((created) => (world = created));

  beforeEach(async () => {
    await world.write(id, {
      userNotification: { threshold: 100, notify: false, users: logins },
      advancedRules: rules.map((name, index) => ({ name, threshold: 40 - index })),
    });
  });

  const explained = async (client: string) => {
    const io = world.io();
    const code = await explain(id, client, { folder: 'profiles', format: 'json' }, io);
    return { code, ...(JSON.parse(io.printed.out) as { rules: { rule: string; reason: string }[] }) };
  };

  it('are names of logins, rules, resellers, profiles and clients as any other', async () => {
    for (const client of ['constructor', '__proto__'])
      await world.addClient({ id: client, profile: id, balance: 39.5 });
    const planned = await world.plan();
    assert.equal(planned.code, 2, planned.err);
    assert.deepEqual(json(planned).changes[0]?.clients['newlyTold'], ['__proto__', 'constructor']);
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(
      (await rowsOf(world)).map((row) => row.id),
      [id],
    );
    const { code, rules: decided } = await explained('constructor');
    assert.equal(code, 0);
    assert.deepEqual(
      decided.map(({ rule, reason }) => `${rule} ${reason}`),
      [
        'user no-recipient',
        'client low',
        'advanced:constructor low',
        'advanced:toString not-low',
        'advanced:valueOf not-low',
        'advanced:hasOwnProperty not-low',
      ],
    );
  });

  it('a user called so is told', async () => {
    await world.addClient({ id: '__proto__', profile: id });
    for (const login of logins)
      await world.database.query('INSERT INTO billing_user VALUES (?, NULL, ?)', [
        login,
        `${login}@acme.example`,
      ]);
    const { rules: decided } = await explained('__proto__');
    assert.equal(decided[0]?.reason, 'low');
  });

  it('stories play with them', async () => {
    const client = { balance: 30, users: { constructor: 'c@acme.example' } };
    await world.writeText(
      'constructor/toString.test.json',
      JSON.stringify({
        scenarios: [
          {
            name: 'told',
            client,
            events: [{ at: '1h', profile: { sortOrder: 2 } }],
            until: '2h',
            expect: [{ at: '0s', rules: ['user', 'client', ...rules.map((rule) => `advanced:${rule}`)] }],
          },
        ],
      }),
    );
    const { scenarios } = await readScenarios('profiles/constructor/toString.test.json', world.cwd);
    const [{ story, problems } = { problems: [] }] = scenarios;
    assert.deepEqual(problems, []);
    assert.ok(story);
    const [told] = simulateStory(story).told;
    assert.deepEqual(told?.to, ['billing@client.example', 'c@acme.example']);
  });
});
