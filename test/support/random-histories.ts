import fc from 'fast-check';
import type {
  NewBranch,
  NewCommit,
  NewTag,
  UpstreamDescription,
} from '../../sandbox/fast-import.ts';

const words = [
  '',
  '\n\nSem-Ver: feature',
  '\n\nSem-Ver: api-break',
  '\n\nsem-ver: bugfix',
  '\nSem-Ver:x',
];
const tagNames = [
  '1.0.0',
  '1.1.0',
  '1.0.1',
  '2.0.0.0b1',
  '2.0.0.0rc1',
  '2.0.0',
  '3.0.0.0a1',
  'x-eol',
  '2024.1-eom',
];

/** Histories in which dates do not follow parents; a branch `all` contains every commit. */
export function randomHistories(): fc.Arbitrary<UpstreamDescription> {
  const commits = fc.array(
    fc.record({
      parent: fc.nat(),
      merge: fc.option(fc.nat()),
      day: fc.integer({ min: 1, max: 28 }),
      word: fc.constantFrom(...words),
    }),
    { minLength: 3, maxLength: 18 },
  );
  const tags = fc.uniqueArray(
    fc.record({ name: fc.constantFrom(...tagNames), at: fc.nat(), annotated: fc.boolean() }),
    { maxLength: 5, selector: (tag) => tag.name },
  );
  return fc.tuple(commits, tags).map(([made, named]) => {
    const branches = made.map(({ parent, merge, day, word }, index): NewBranch => {
      const merges = merge === null || index < 2 ? {} : { merges: [`c${merge % index}`] };
      const date = `2024-05-${String(day).padStart(2, '0')}T00:00:${String(index).padStart(2, '0')}Z`;
      const files = { [`f${index}`]: `${index}` };
      const one: NewCommit = {
        message: `m${index}${word}`,
        label: `c${index}`,
        date,
        files,
        ...merges,
      };
      const from = index === 0 ? {} : { from: `c${parent % index}` };
      return { name: `b${index}`, ...from, commits: [one] };
    });
    const last: NewCommit = {
      message: 'all',
      files: { all: '' },
      merges: made.map((_, i) => `c${i}`).slice(1),
    };
    return {
      defaultBranch: 'all',
      branches: [...branches, { name: 'all', from: 'c0', commits: [last] }],
      tags: named.map(({ name, at, annotated }): NewTag => {
        return { name, target: `c${at % made.length}`, ...(annotated && { message: `${name}\n` }) };
      }),
    };
  });
}
