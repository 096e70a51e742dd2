import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathsAround } from './paths-around.ts';

it('knows what is in the way of some paths, as comparing all with all does', () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'ab', ''), { minLength: 1, maxLength: 4 });
  const paths = fc.array(
    path.map((steps) => steps.join('/')),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(paths, paths, (some, others) => {
      const isAround = pathsAround(some);
      for (const other of others) {
        const slow = some.some((one) => one.startsWith(`${other}/`) || other.startsWith(`${one}/`));
        expect(isAround(other)).toBe(slow);
      }
    }),
  );
});
