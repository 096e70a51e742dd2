import { describe, expect, it } from 'vitest';
import { mergeStep } from './merge-help.ts';
import type { MergeCandidate } from './merge-help.ts';

const account = 'pinwheel[bot]';
const required = ['config', 'constraints', 'patches', 'images'].map((name) => `pinwheel/${name}`);
const refs = { path: 'releases/2025.2/source-refs.yaml', status: 'modified' };
const sound: MergeCandidate = {
  ...{ merge: 'auto', isOpen: true, isDraft: false, isBots: true, isHeld: false, foreign: [] },
  ...{ files: [refs], base: 'main', required, account },
};
const patch = 'patches/nova/2025.2/0001-a.patch';

const reasons: readonly (readonly [string, Partial<MergeCandidate>, string])[] = [
  ['is off', { merge: 'never' }, 'the policy says `merge: never`'],
  ['is of somebody else', { isBots: false }, 'it is not of the bot'],
  ['is closed', { isOpen: false }, 'it is closed'],
  ['is a draft', { isDraft: true }, 'it is a draft'],
  ['is held', { isHeld: true }, 'somebody holds it'],
  ['has foreign commits', { foreign: ['a'] }, 'somebody else pushed to its branch'],
  [
    'refreshes a patch',
    { files: [refs, { path: patch, status: 'modified' }] },
    `it changes ${patch}, which a person has to read`,
  ],
  [
    'brings a patch',
    { files: [{ path: patch, status: 'added' }] },
    `it changes ${patch}, which a person has to read`,
  ],
  [
    'renames a patch',
    { files: [{ path: patch, status: 'renamed' }] },
    `it changes ${patch}, which a person has to read`,
  ],
  [
    'is for an unprotected branch',
    { required: [] },
    `main does not require ${required.join(', ')}: nothing would wait for what they say`,
  ],
  [
    'is for a branch that lets red images in',
    { required: [...required.slice(0, 3), 'ci'] },
    'main does not require pinwheel/images: nothing would wait for what they say',
  ],
];

describe('a pull request', () => {
  it('of the bot that moves pins is to be merged by GitHub', () => {
    expect(mergeStep(sound)).toEqual({ kind: 'ask' });
    expect(mergeStep({ ...sound, required: ['ci', ...required] })).toEqual({ kind: 'ask' });
  });

  it('may drop a patch that upstream has', () => {
    const files = [refs, { path: patch, status: 'removed' }];
    expect(mergeStep({ ...sound, files })).toEqual({ kind: 'ask' });
  });

  it.each(reasons)('that %s is left to people', (_, change, why) => {
    const candidate = { ...sound, ...change };
    expect(mergeStep(candidate)).toEqual({ kind: 'leave', why });
    expect(mergeStep({ ...candidate, askedBy: 'alice' })).toEqual({ kind: 'leave', why });
    expect(mergeStep({ ...candidate, askedBy: account })).toEqual({ kind: 'take back', why });
  });

  it('that is asked for is not asked for again, whoever did', () => {
    for (const askedBy of [account, 'alice']) {
      expect(mergeStep({ ...sound, askedBy })).toEqual({
        ...{ kind: 'leave', why: `${askedBy} asked for auto-merge` },
      });
    }
  });
});
