import assert from 'node:assert/strict';
import { validateFile } from '../../authoring/validate-file.js';

describe('the limit of the brake in policy.json', () => {
  for (const [title, maxToldPerHour, expected] of [
    ['of nobody', { clients: 0, percentOfFleet: 0 }, ['warning brake-holds-all']],
    ['of one client', { clients: 1, percentOfFleet: 0 }, []],
    ['of a share alone', { clients: 0, percentOfFleet: 0.5 }, []],
    ['with a default', { clients: 0 }, []],
    ['below zero', { clients: -1, percentOfFleet: 0 }, ['error out-of-range']],
    ['of more than everybody', { percentOfFleet: 101 }, ['error out-of-range']],
    ['of half a client', { clients: 0.5 }, ['error wrong-type']],
  ] as const) {
    it(`${expected.length === 0 ? 'may be' : 'is found wrong'} ${title}`, async () => {
      const unsaved = JSON.stringify({ maxToldPerHour });
      const { problems } = await validateFile('policy.json', '/', { kind: 'policy', unsaved });
      assert.deepEqual(
        problems.map(({ severity, code }) => `${severity} ${code}`),
        expected,
      );
    });
  }
});
