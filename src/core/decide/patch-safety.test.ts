import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchOf } from '../../../test/support/patch-queue.ts';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { refusePatch, refuseResult, symlinksAfter } from './patch-safety.ts';

const none: ReadonlySet<string> = new Set();

function contentOf(text: string) {
  const { value, problems } = patchOf('0001-a.patch', text).content;
  expect(problems).toEqual([]);
  return value;
}

/** `12 absolute /etc/passwd`. */
function refusals(text: string, links = none): readonly string[] {
  return refusePatch(contentOf(text), links).map(
    ({ line, kind, what, target }) => `${line} ${kind} ${what}${target ? ` > ${target}` : ''}`,
  );
}

function adding(name: string): string {
  return `diff --git a/x b/x\nnew file mode 100644\n`.replaceAll('x', name) + `-- \n2.39.5\n`;
}

function link(path: string, target: string): string {
  return `diff --git a/${path} b/${path}\nnew file mode 120000\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${target}\n\\ No newline at end of file\n`;
}

describe('what a patch is refused for', () => {
  it.each([
    '.git/config',
    '.GIT/config',
    'a/.git',
    '.git./x',
    '.git . ./x',
    '.git::$INDEX_ALLOCATION/config',
    '.git:x',
    'GIT~1/config',
    'git~2',
    '.g\u200dit/config',
    '.g\u200cit/config',
    '\ufeff.git/x',
    '.g\u0131t/x',
    'a\\.git\\hooks\\x',
    '\uff0e\uff47\uff49\uff54/x',
  ])('a file in %j', (name) => {
    expect(refusals(adding(name))).toEqual([`1 git-folder ${name}`]);
  });

  it.each([
    '.gitignore',
    '.github/x',
    'git/x',
    '.gitmodules',
    'git~',
    'x.git/y',
    '.git-blame-ignore',
  ])('but not for a file in %j', (name) => {
    expect(refusals(adding(name))).toEqual([]);
  });

  it.each<[string, string, ...string[]]>([
    ['.. in the middle', adding('a/../../b'), '1 parent-folder a/../../b'],
    ['.. behind backslashes', adding('a\\..\\b'), '1 parent-folder a\\..\\b'],
    ['a drive', adding('C:\\x'), '1 absolute C:\\x'],
    [
      'an absolute name of a plain diff',
      '--- /dev/null\n+++ /tmp/x\n@@ -0,0 +1 @@\n+x\n',
      '1 absolute /tmp/x',
    ],
    ['a slash after the prefix', adding('/tmp/x'), '1 absolute /tmp/x'],
    [
      'a copy from outside',
      'diff --git a/x b/y\ncopy from ../x\ncopy to y\n-- \n2.3\n',
      '1 parent-folder ../x',
    ],
    [
      'a rename to outside',
      'diff --git a/x b/y\nrename from x\nrename to /y\n-- \n2.3\n',
      '1 absolute /y',
    ],
    [
      'a control character',
      '--- "a/x\\001"\n+++ "b/x\\001"\n@@ -1 +1 @@\n-a\n+b\n',
      '1 odd-name x\u0001',
    ],
    ['a NUL', '--- "a/x\\000"\n+++ "b/x\\000"\n@@ -1 +1 @@\n-a\n+b\n', '1 odd-name x\0'],
    [
      'what is no UTF-8',
      '--- "a/\\377"\n+++ "b/\\377"\n@@ -1 +1 @@\n-a\n+b\n',
      '1 odd-name \ufffd',
    ],
    ['a submodule', 'diff --git a/x b/x\nnew file mode 160000\n-- \n2.39.5\n', '1 gitlink x'],
    [
      'a folder as a file',
      'diff --git a/x b/x\nnew file mode 40000\n-- \n2.39.5\n',
      '1 odd-mode x',
    ],
    ['an absolute symlink', link('a/l', '/etc/passwd'), '1 symlink-outside a/l > /etc/passwd'],
    ['a symlink above the tree', link('a/l', '../../x'), '1 symlink-outside a/l > ../../x'],
    ['a symlink that goes down first', link('l', 'a/../x'), '1 symlink-outside l > a/../x'],
    [
      'a symlink without a target',
      'diff --git a/l b/l\nnew file mode 120000\n-- \n2.39.5\n',
      '1 symlink-unclear l',
    ],
    [
      'a file that becomes a symlink',
      'diff --git a/l b/l\nold mode 100644\nnew mode 120000\n-- \n2\n',
      '1 symlink-unclear l',
    ],
    [
      'a symlink with a line end in it',
      link('l', 'x').replace('\\ No newline at end of file\n', ''),
      '1 symlink-unclear l > x\n',
    ],
    [
      'a file below a symlink of its own',
      `${link('out', 'docs')}${adding('out/x')}`,
      '8 through-symlink out/x > out',
    ],
  ])('%s', (_, text, ...expected) => {
    expect(refusals(text)).toEqual(expected);
  });

  it.each([
    ['a symlink beside it', link('a/l', 'x')],
    ['a symlink to the top', link('a/b/l', '../../README.md')],
    ['a symlink to its folder', link('a/l', '..')],
    ['a symlink that is removed', 'diff --git a/l b/l\ndeleted file mode 120000\n-- \n2.39.5\n'],
    [
      'a folder in the place of a symlink',
      `diff --git a/l b/l\ndeleted file mode 120000\n${adding('l/x')}`,
    ],
  ])('but not %s', (_, text) => {
    expect(refusals(text)).toEqual([]);
  });

  it('a file below a symlink that an earlier patch makes', () => {
    const links = symlinksAfter(contentOf(link('out', 'docs')), none);
    expect(refusals(adding('out/x'), links)).toEqual(['1 through-symlink out/x > out']);
    expect(refusals(adding('outer/x'), links)).toEqual([]);
    const renamed = 'diff --git a/out b/in\nrename from out\nrename to in\n-- \n2.39.5\n';
    const after = symlinksAfter(contentOf(renamed), links);
    expect([...after]).toEqual(['in']);
  });

  it('too much of anything', () => {
    const content = contentOf(adding('x'));
    for (const over of ['bytes', 'files', 'hunks'] as const) {
      expect(refusePatch({ ...content, over }, none)).toMatchObject([
        { kind: 'too-large', line: 1 },
      ]);
    }
  });

  it('any name that git would write below its own folder or above the tree', () => {
    const step = fc.constantFrom('..', '.git', 'GIT~1', '.Git ', '.git:x', 'a', 'b', '.');
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), fc.constantFrom('/', '\\'), (steps, slash) => {
        const bad = steps.some((one) => !['a', 'b', '.'].includes(one));
        expect(refusals(adding(`x${slash}${steps.join(slash)}`)).length > 0).toBe(bad);
      }),
    );
  });
});

describe('what git made of a patch', () => {
  const text = 'diff --git a/a/b/l b/l\nrename from a/b/l\nrename to l\n-- \n2.39.5\n';

  it('is refused where a symlink moved up or became a submodule', () => {
    const content = contentOf(text);
    expect(refuseResult(content, [{ path: 'l', mode: 'file' }])).toEqual([]);
    expect(refuseResult(content, [{ path: 'l', mode: 'symlink' }])).toMatchObject([
      { kind: 'symlink-moved', what: 'l', line: 1 },
    ]);
    expect(refuseResult(content, [{ path: 'l', mode: 'gitlink' }])).toMatchObject([
      { kind: 'gitlink' },
    ]);
  });

  it('is refused where a symlink of the source points elsewhere without a word of it', () => {
    const content = contentOf('--- a/l\n+++ b/l\n@@ -1 +1 @@\n-x\n+/etc\n');
    expect(refuseResult(content, [{ path: 'l', mode: 'symlink' }])).toMatchObject([
      { kind: 'symlink-unclear', what: 'l' },
    ]);
  });
});

describeWithUpstreamData('the hostile tiny patches', (data) => {
  const folder = join(data, 'patches/tiny');

  it('are refused, and no other', () => {
    const refused = readdirSync(folder).flatMap((name) => {
      const { content } = patchOf(name, readFileSync(join(folder, name), 'utf8'));
      return refusePatch(content.value, none).map(({ kind }) => `${name.slice(0, 3)} ${kind}`);
    });
    expect(refused).toEqual([
      'm01 parent-folder',
      'm02 absolute',
      'm03 git-folder',
      'm04 symlink-outside',
      'm04 through-symlink',
      'm05 symlink-outside',
      'm06 parent-folder',
      'm07 parent-folder',
      'm08 parent-folder',
      'm09 absolute',
    ]);
  });
});
