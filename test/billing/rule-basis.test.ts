import assert from 'node:assert/strict';
import { createRuleBasis } from '../../billing/examine/rule-basis.js';
import { aClient, aProfile } from '../domain/builders.js';

const profile = aProfile({
  userNotification: { threshold: 100 },
  clientNotification: { threshold: { lasts: '3d' } },
  advancedRules: [
    { name: 'own', threshold: { own: true, otherwise: 20 } },
    { name: 'tenth', threshold: { percentOfLastRefill: 10 } },
    { name: 'fifth', threshold: { percentOfCreditLimit: 20 } },
  ],
});

function columnsFound(clients: readonly Partial<Parameters<typeof aClient>[0]>[]): readonly string[] {
  const basis = createRuleBasis();
  for (const [index, client] of clients.entries())
    basis.add(aClient({ clientId: `c-${index}`, ...client }), profile);
  return basis
    .troubles()
    .map(
      ({ column, problem, clients, examples }) => `${column}: ${problem} (${clients}, ${examples.join()})`,
    );
}

describe('what rules take their limits from', () => {
  it('is named where no client has it, with the rule that asks for it', () => {
    assert.deepEqual(columnsFound([{}, { dailySpend: '0' }]), [
      'daily_spend: rule client of acme/prepaid asks for it, and none of its clients has one above 0 (2, c-0,c-1)',
      'own_threshold: rule advanced:own of acme/prepaid asks for it, and none of its clients has one (2, c-0,c-1)',
      'last_refill_amount: rule advanced:tenth of acme/prepaid asks for it, and none of its clients has one above 0 (2, c-0,c-1)',
      'credit_limit: rule advanced:fifth of acme/prepaid asks for it, and none of its clients has one above 0 (2, c-0,c-1)',
    ]);
  });

  const all = { dailySpend: '0.01', ownThreshold: '0', lastRefillAmount: '5', creditLimit: '1' };

  it('is nothing to mention where every client has it, or the rule has an amount for those without', () => {
    assert.deepEqual(columnsFound([all, { ...all, ownThreshold: null }]), []);
  });

  it('says of how many clients a rule knows nothing', () => {
    const without = { ...all, dailySpend: null };
    assert.deepEqual(columnsFound([all, without, { ...without, creditLimit: '-3' }]), [
      'daily_spend: rule client of acme/prepaid asks for it, and 2 of its 3 clients have none above 0: never notified by it (2, c-1,c-2)',
      'credit_limit: rule advanced:fifth of acme/prepaid asks for it, and 1 of its 3 clients has none above 0: never notified by it (1, c-2)',
    ]);
  });
});
