import { describe, expect, it } from 'vitest';
import { commitNamed, stateOf } from '../../../test/support/facts.ts';
import type { RemoteRefs } from '../model/upstream.ts';
import { askedPrefixes, askedRef, findName, likelyBranch, nearestRefs } from './named-ref.ts';

const refs = stateOf({
  tags: { nova: ['32.0.0', '32.1.0', 'twin=one', 'same=x'] },
  heads: { nova: { 'stable/2025.2': 's', master: 'm', twin: 'two', same: 'x' } },
}).refs.get('nova') as RemoteRefs;

function find(text: string): string {
  const asked = askedRef(text);
  if (asked.kind === 'commit') return 'commit';
  const found = findName(asked, refs);
  return found.kind === 'found' ? `${found.ref} ${found.commit.slice(0, 12)}` : found.kind;
}

describe('a ref that somebody typed', () => {
  it.each([
    ['32.1.0', `refs/tags/32.1.0 ${commitNamed('32.1.0').slice(0, 12)}`],
    ['stable/2025.2', `refs/heads/stable/2025.2 ${commitNamed('s').slice(0, 12)}`],
    ['refs/heads/master', `refs/heads/master ${commitNamed('m').slice(0, 12)}`],
    ['refs/tags/master', 'missing'],
    ['32.9.0', 'missing'],
    ['32', 'missing'],
    ['twin', 'ambiguous'],
    ['refs/tags/twin', `refs/tags/twin ${commitNamed('one').slice(0, 12)}`],
    ['refs/heads/twin', `refs/heads/twin ${commitNamed('two').slice(0, 12)}`],
    ['same', `refs/tags/same ${commitNamed('x').slice(0, 12)}`],
    ['__proto__', 'missing'],
    ['A'.repeat(40), 'commit'],
  ])('%s is %s', (text, expected) => {
    expect(find(text)).toBe(expected);
  });

  it('is asked for by its own name alone, a commit by the branches', () => {
    expect(askedPrefixes(askedRef('32.1.0'))).toEqual(['refs/heads/32.1.0', 'refs/tags/32.1.0']);
    expect(askedPrefixes(askedRef('refs/tags/32.1.0'))).toEqual(['refs/tags/32.1.0']);
    expect(askedPrefixes(askedRef('a'.repeat(40)))).toEqual(['refs/heads/']);
  });

  it('was probably the nearest tag or branch', () => {
    expect(nearestRefs('32.1.O', refs)).toEqual(['32.1.0']);
    expect(nearestRefs('stable/2025.1', refs)).toEqual(['stable/2025.2']);
    expect(nearestRefs('sane', refs)).toEqual(['same']);
    expect(nearestRefs('no-such-thing', refs)).toEqual([]);
  });
});

describe('the branch of a commit', () => {
  it('ends in it, or is that of the series, or the main one', () => {
    const older = commitNamed('older');
    expect(likelyBranch(commitNamed('m'), '2025.2', refs)).toBe('refs/heads/master');
    expect(likelyBranch(older, '2025.2', refs)).toBe('refs/heads/stable/2025.2');
    expect(likelyBranch(older, '2031.1', refs)).toBe('refs/heads/master');
  });

  it('is a guess where there is none', () => {
    const none = { url: 'x', heads: new Map(), tags: new Map() };
    expect(likelyBranch('a', '2025.2', none)).toBe('refs/heads/stable/2025.2');
    const heads = new Map([['trunk', 'b']]);
    expect(likelyBranch('a', '2025.2', { ...none, heads })).toBe('refs/heads/trunk');
  });
});
