import { describe, expect, it } from 'vitest';
import { fit } from './markdown.ts';
import { policyChangeSections } from './policy-change.ts';

describe('what a change of the policy would do', () => {
  it('is shown as settings, pins, and what is not asked yet', () => {
    const pin = {
      ...{ series: '2025.2', component: 'nova', file: 'releases/2025.2/source-refs.yaml', line: 1 },
      ref: { kind: 'tag', tag: '32.0.0' },
    } as const;
    const sections = policyChangeSections({
      settings: [{ key: 'builds', before: 'bot', after: 'workflow' }],
      pins: [
        {
          ...{ series: '2025.2', component: 'nova' },
          before: {
            moves: [
              {
                ...{ pin, to: { kind: 'tag', tag: '32.1.0' }, commit: 'c'.repeat(40) },
                ...{ kind: 'version', jump: 'minor', why: { kind: 'newest', series: '2025.2' } },
              },
            ],
            held: [],
          },
          after: {
            moves: [],
            held: [{ pin, why: { kind: 'ignored', because: 'see #1, says @somebody | <b>' } }],
          },
        },
      ],
      unasked: ['ovn'],
    });
    expect(fit(sections, 60_000)).toBe(`### What the new \`.github/pinwheel.yml\` would do

This pull request is judged by the policy of its base branch. Once the new one is merged:

| setting | now | then |
| --- | --- | --- |
| \`builds\` | \`bot\` | \`workflow\` |

| pin | now | then |
| --- | --- | --- |
| \`nova/2025.2\` | moves to \`32.1.0\`: \`newest release of 2025.2\` | stays: \`ignored by the policy: see #1, says @somebody \\| <b>\` |

Not asked before it is merged, for its upstream is new: \`ovn\`.
`);
  });

  it('may be nothing', () => {
    const [first, ...rest] = policyChangeSections({ settings: [], pins: [], unasked: [] });
    expect(first?.text).toContain('With the new one nothing would move that stays now');
    expect(rest.map(({ text }) => text).join('')).toBe('');
  });
});
