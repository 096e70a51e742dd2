import { expect, it } from 'vitest';
import { pullTable } from './demo-look.ts';
import type { SeenCheck, SeenPull } from './demo-look.ts';

const names = ['config', 'constraints', 'patches', 'images'].map((name) => `pinwheel/${name}`);

function seen(pull: Partial<SeenPull>): SeenPull {
  return {
    ...{ number: 1, title: 'A change', author: 'alice', branch: 'topic', body: '' },
    ...{ draft: false, state: 'open' },
    checks: names.map((name) => check({ name })),
    ...pull,
  };
}

function check(fields: Partial<SeenCheck>): SeenCheck {
  return { id: 1, name: '', conclusion: 'success', title: '', summary: '', ...fields };
}

it('tells of a pull request its lane, its checks and what its text begins with', () => {
  const { rows } = pullTable([
    seen({ state: 'merged' }),
    seen({
      ...{ number: 2, author: 'bob' },
      checks: [
        check({ name: 'pinwheel/config', conclusion: 'neutral', remark: 'a.yaml:3: it is wrong' }),
      ],
    }),
    seen({
      ...{ number: 3, title: '2025.2: move nova', branch: 'pinwheel/main/2025.2/refs' },
      body: '**2025.2: moves 1 component.** 1 patch dropped. `0001-a.patch` applies.\n\n| a | b |',
    }),
    seen({ number: 4, branch: 'pinwheel/main/2025.2/security/nova', body: '**It moves.**\n' }),
  ]);
  expect(rows).toEqual([
    ['#1', 'alice', 'all 4 pass', 'A change\nmerged'],
    ['#2', 'bob', 'config: warns', 'A change\na.yaml:3: it is wrong'],
    ['#3', 'refs', 'all 4 pass', '2025.2: move nova\n1 patch dropped. 0001-a.patch applies.'],
    ['#4', 'security', 'all 4 pass', 'A change\nIt moves.'],
  ]);
});
