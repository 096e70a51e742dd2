import { describe, expect, it } from 'vitest';
import type { ConflictOrigin, PlaceOrigin } from '../model/conflict-origin.ts';
import type { Judgement, PatchVerdict } from '../model/patch-verdict.ts';
import { withOrigins } from './conflict-origins.ts';

const commit = { commit: 'c'.repeat(40), subject: 'Change', date: '2025-01-01T00:00:00Z' };
const changed: ConflictOrigin = { cause: 'changed', commits: [commit], missing: [] };
const nobody: ConflictOrigin = { cause: 'queue', commits: [], missing: [] };

function place(path: string, hunk: number | undefined, origin = changed): PlaceOrigin {
  const line = 10 * (hunk ?? 9);
  const where = { path, line, endLine: line + 5 };
  return { ...where, ...(hunk !== undefined && { hunk, sourceLine: line + 100 }), origin };
}

function verdictOn(name: string, judgement: Judgement, files: readonly string[]): PatchVerdict {
  return {
    ...judgement,
    ...{ path: `patches/nova/2025.2/${name}`, component: 'nova', series: '2025.2', files },
  };
}

const why = 'patch does not apply';
const conflict = verdictOn(
  '0003-c.patch',
  { verdict: 'conflict', conflicts: [{ path: 'f', hunk: 2, line: 20, endLine: 25, why }] },
  ['f', 'g'],
) as Extract<PatchVerdict, { verdict: 'conflict' }>;

describe('a conflict and what history says of it', () => {
  it('gets the origin of its place, and every other hunk that does not fit', () => {
    const places = [place('f', 1), place('f', 2), place('f', 4), place('other', 1)];
    const { conflicts } = withOrigins(conflict, { places, preImages: [] }, []);
    expect(conflicts).toEqual([
      { path: 'f', hunk: 1, line: 10, endLine: 15, sourceLine: 110, why, origin: changed },
      { path: 'f', hunk: 2, line: 20, endLine: 25, why, origin: changed },
      { path: 'f', hunk: 4, line: 40, endLine: 45, sourceLine: 140, why, origin: changed },
    ]);
  });

  it('names the earlier patches of the queue where upstream left the lines alone', () => {
    const earlier = [
      verdictOn('0001-a.patch', { verdict: 'applies' }, ['f']),
      verdictOn('0002-b.patch', { verdict: 'refreshable', conflicts: [] }, ['g']),
      verdictOn('0002-d.patch', { verdict: 'malformed', problems: [] }, ['f']),
    ];
    const found = { places: [place('f', 2, nobody)], preImages: [] };
    expect(withOrigins(conflict, found, earlier).conflicts[0]?.origin).toEqual({
      ...nobody,
      patches: ['patches/nova/2025.2/0001-a.patch'],
    });
    expect(withOrigins(conflict, found, []).conflicts).toEqual(conflict.conflicts);
  });

  it('says that the base is unknown, and nothing where nothing was found', () => {
    const unknown: ConflictOrigin = { cause: 'base-unknown', commits: [], missing: [] };
    const found = { places: [place('f', 2, unknown)], preImages: [] };
    expect(withOrigins(conflict, found, []).conflicts[0]?.origin).toEqual(unknown);
    expect(withOrigins(conflict, { places: [], preImages: [] }, [])).toEqual(conflict);
  });
});
