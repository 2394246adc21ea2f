import { invalid, type Reader } from '../../shared/readers.js';
import { billingSystems } from './billing-systems.js';

export const ciChoices = ['github', 'gitlab', 'both', 'none'] as const;
export type Ci = (typeof ciChoices)[number];

/** A folder of `integrations/`, or `none`. */
export const billingSystem: Reader<string> = {
  read(written) {
    const systems = ['none', ...billingSystems()];
    return systems.includes(written) ? written : invalid(`one of ${systems.join(', ')}`);
  },
};
