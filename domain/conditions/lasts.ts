import { formatDuration } from '../duration.js';
import { divide, multiply, shownLimit } from '../money.js';
import { limitFrom, type KindOfCondition } from './condition.js';

const dayMs = 86_400_000;

/** What the client spends in so long: the balance's runway. A client that spends nothing has no limit of this kind. */
export const lasts: KindOfCondition<'lasts'> = {
  needs: 'daily_spend',
  limit: ({ lastsMs }, { dailySpend }) =>
    limitFrom(dailySpend, (spend) => divide(multiply(spend, String(lastsMs)), String(dayMs))),
  figures: (threshold, { dailySpend = null }) => ({ ...threshold, dailySpend }),
  text: ({ lastsMs }) => `${formatDuration(lastsMs)} of spending`,
  words: ({ lastsMs, dailySpend }, currency) =>
    `what is spent in ${formatDuration(lastsMs)}${dailySpend === null ? '' : ` at ${shownLimit(dailySpend)} ${currency} a day`}`,
};
