import { expect, test } from 'vitest';
import { UserError, WorldError } from '../../core/model/failures.ts';
import { asStoreFailure, blamesItem, isAway, oneLine } from './failure.ts';

function coded(code: string, message = 'words'): Error {
  return Object.assign(new Error(message), { code });
}

test.each([
  coded('ECONNREFUSED'),
  coded('57P01', 'terminating connection due to administrator command'),
  coded('08006'),
  new Error('Connection terminated unexpectedly'),
  new Error('timeout exceeded when trying to connect'),
  new AggregateError([coded('ECONNREFUSED')]),
])('%s means that the database is away', (error) => {
  expect(isAway(error)).toBe(true);
});

test.each([
  coded('23505'),
  new Error('no'),
  new AggregateError([new Error('no')]),
  'text',
  undefined,
])('%s does not', (error) => {
  expect(isAway(error)).toBe(false);
});

test('a bad item is told from a bad time', () => {
  for (const code of ['22003', '23505', '54000', '']) expect(blamesItem(coded(code))).toBe(true);
  for (const code of ['57014', '53100', 'ECONNREFUSED'])
    expect(blamesItem(coded(code))).toBe(false);
  expect(blamesItem(new Error('Connection terminated'))).toBe(false);
});

test('failures of the database become one line that says what was wanted', () => {
  const failure = asStoreFailure(coded('22P02', 'bad\n  input'), 'take a job');
  expect(failure).toBeInstanceOf(WorldError);
  expect(failure).toMatchObject({ message: 'the store cannot take a job: bad input' });
  const away = asStoreFailure(new AggregateError([coded('ECONNREFUSED', 'refused')]), 'be opened');
  expect(away).toMatchObject({
    message: 'the store cannot be opened: refused',
    remedy: 'see that PostgreSQL runs and can be reached, then try again',
  });
});

test('other failures are passed on as they are', () => {
  for (const error of [new UserError('a', 'b'), new WorldError('a', 'b'), new TypeError('ours'), 7])
    expect(asStoreFailure(error, 'do it')).toBe(error);
});

test('what is thrown is shown in one short line', () => {
  expect(oneLine('a\r\n\tb')).toBe('a b');
  expect(oneLine(new Error('x'.repeat(10_000)))).toHaveLength(500);
});
