import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSlot, requestLimits } from './command-limits.ts';
import type { PastRequest } from './command-limits.ts';

const minute = 60_000;
const now = 100 * 60 * minute;
const limits = requestLimits(2);

function ago(minutes: number, login = 'alice', issue = 1): PastRequest {
  return { login, issue, at: now - minutes * minute };
}

const asked = ago(0);

describe('limits of commands', () => {
  it('are of the hour that ends now', () => {
    expect(nextSlot([], asked, limits)).toEqual({ kind: 'free' });
    expect(nextSlot([ago(60), ago(30)], asked, limits)).toEqual({ kind: 'free' });
    expect(nextSlot([ago(50), ago(30)], asked, limits)).toEqual({
      ...{ kind: 'full', scope: 'user', limit: 2 },
      at: now + 10 * minute,
    });
  });

  it('know people by their login in any letters', () => {
    expect(nextSlot([ago(50, 'Alice'), ago(30, 'ALICE')], asked, limits).kind).toBe('full');
  });

  it('hold for a conversation and a repository too', () => {
    const others = ['b', 'c', 'd', 'e'].map((login, index) => ago(10 + index, login));
    expect(nextSlot(others, asked, limits)).toMatchObject({ scope: 'issue', limit: 4 });
    const many = Array.from({ length: 12 }, (_, index) => ago(5, `p${index}`, index + 2));
    expect(nextSlot(many, asked, limits)).toMatchObject({ scope: 'repository', limit: 12 });
  });

  it('name a time at which there is room, and not a millisecond before', () => {
    const request = fc.record({
      login: fc.constantFrom('alice', 'bob'),
      issue: fc.integer({ min: 1, max: 2 }),
      at: fc.integer({ min: now - 2 * 60 * minute, max: now }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), (past) => {
        const slot = nextSlot(past, asked, limits);
        if (slot.kind === 'free') return;
        expect(nextSlot(past, { ...asked, at: slot.at }, limits)).toEqual({ kind: 'free' });
        expect(nextSlot(past, { ...asked, at: slot.at - 1 }, limits).kind).toBe('full');
      }),
    );
  });
});
