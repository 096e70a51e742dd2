import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObjectId, objectId, refName, treePath } from './names.ts';
import { runGit } from './git.ts';

describe('names on their way to git', () => {
  it.each(['refs/heads/stable/2025.2', 'refs/tags/32.0.0.0rc1', 'master', 'v25.09', 'a@b', 'ü'])(
    'lets the ref %j pass',
    (name) => {
      expect(refName(name)).toBe(name);
    },
  );

  it.each([
    '',
    '-x',
    '--upload-pack=touch /tmp/x',
    'a b',
    'a..b',
    'a@{1}',
    '@',
    'a:b',
    '+a',
    'a\nb',
    'a\0b',
    'a/',
    '/a',
    'a//b',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    'a^',
    'a~1',
    'a*',
    'a[',
    'a\\b',
  ])('refuses the ref %j', (name) => {
    expect(() => refName(name)).toThrow(/is not the name of a git ref/);
  });

  it('agrees with git check-ref-format', async () => {
    const letters = fc.constantFrom('a', '.', '/', '-', '@', '{', '~', '*', 'lock', '.lock', '+');
    const names = fc.sample(fc.array(letters, { maxLength: 6 }), { numRuns: 40, seed: 7 });
    const asked = names.map(async (parts) => {
      const name = `refs/${parts.join('')}`;
      const { code } = await runGit(tmpdir(), ['check-ref-format', name], { accept: [1] });
      expect({ name, ok: passes(name) }).toEqual({ name, ok: code === 0 });
    });
    await Promise.all(asked);
  });

  it('takes full object ids only', () => {
    const id = 'a568938e0c967a56ade269c93f42718008487b14';
    expect(objectId(id)).toBe(id);
    for (const text of ['', 'HEAD', id.slice(1), id.toUpperCase(), `${id}\n`, `${id} `]) {
      expect(isObjectId(text)).toBe(false);
      expect(() => objectId(text)).toThrow(/is not a git object id/);
    }
  });

  it('keeps paths inside the tree', () => {
    expect(treePath('deliverables/flamingo/')).toBe('deliverables/flamingo');
    for (const text of ['', '/', '/etc', '../a', 'a/../b', './a', 'a//b', 'a\nb', 'a\0']) {
      expect(() => treePath(text)).toThrow(/is not a path inside a repository/);
    }
  });
});

function passes(name: string): boolean {
  try {
    return refName(name) === name;
  } catch {
    return false;
  }
}
