import { expect, it } from 'vitest';
import { isCron } from './cron.ts';

it.each(['17 */4 * * *', '0 0 1 1 0', '0-59/2 1,2,3 * 1-12 7', '* * * * *'])(
  'takes %j as a cron expression',
  (text) => {
    expect(isCron(text)).toBe(true);
  },
);

it.each([
  ...['60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 8', '*/0 * * * *'],
  ...['5-1 * * * *', '* * * *', '* * * * * *', 'a * * * *', '1,,2 * * * *', '', '@daily'],
])('takes %j as none', (text) => {
  expect(isCron(text)).toBe(false);
});
