import { describe, expect, it } from 'vitest';
import { isTopicBranch, matchingBranches } from './base-branches.ts';

describe('base branches', () => {
  it.each([
    [['main'], ['main']],
    [['stable/*'], ['stable/2025.2']],
    [['stable/**'], ['stable/2025.2', 'stable/a/b']],
    [['**'], ['main', 'main2', 'stable/2025.2', 'stable/a/b']],
    [['m.in', 'ma?n', '(main)', '['], []],
    [
      ['*able/**5*', '*'],
      ['main', 'main2', 'stable/2025.2'],
    ],
    [['**b'], ['stable/a/b']],
    [[], []],
  ])('are what %j match, and never those of the bot', (branches, matching) => {
    const names = ['main', 'main2', 'stable/2025.2', 'stable/a/b', 'pinwheel/main/2025.2/refs'];
    expect(matchingBranches({ branches }, names)).toEqual(matching);
  });

  it('are no topic branches, nor are those of the bot', () => {
    function isTopic(name: string): boolean {
      return isTopicBranch(name, { defaultBranch: 'trunk' }, { branches: ['stable/**'] });
    }
    const names = ['topic', 'stable/2025.2', 'trunk', 'pinwheel/main/2025.2/refs'];
    expect(names.filter(isTopic)).toEqual(['topic']);
  });

  it('are found in no time, whatever somebody wrote into a policy', () => {
    const name = 'a'.repeat(250);
    expect(matchingBranches({ branches: [`${'**a'.repeat(80)}b`] }, [name])).toEqual([]);
    expect(matchingBranches({ branches: ['**a'.repeat(80)] }, [name])).toEqual([name]);
  });
});
