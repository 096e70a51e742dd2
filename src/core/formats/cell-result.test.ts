import { expect, it } from 'vitest';
import { readCellResult } from './cell-result.ts';

const result = {
  service: 'nova',
  series: '2025.2',
  version: '32.1.0',
  tags: ['2025.2'],
  image: `sha256:${'e'.repeat(64)}`,
};

it('is read where it is that of the cell', () => {
  expect(readCellResult(JSON.stringify(result), 'nova/2025.2')).toEqual({
    ...{ version: '32.1.0', tags: ['2025.2'], packages: [], image: result.image },
  });
  expect(readCellResult(JSON.stringify(result), 'nova/2025.1')).toBeUndefined();
  const tried = JSON.stringify({ ...result, image: '', tags: [] });
  expect(readCellResult(tried, 'nova/2025.2')).toEqual({
    ...{ version: '32.1.0', tags: [], packages: [] },
  });
});

it.each([
  ['', 'no JSON'],
  ['null', 'nothing'],
  [JSON.stringify({ ...result, image: 'sha256:x' }), 'a digest that is none'],
  [JSON.stringify({ ...result, tags: ['a b'] }), 'a tag with a space'],
  [JSON.stringify({ ...result, tags: Array(51).fill('a') }), 'too many tags'],
  [JSON.stringify({ ...result, version: '`@all`\n' }), 'a version with line ends'],
])('is nothing where it is damaged: %s', (text) => {
  expect(readCellResult(text, 'nova/2025.2')).toBeUndefined();
});
