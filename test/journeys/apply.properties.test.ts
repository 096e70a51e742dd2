import {
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileContent } from '../../sandbox/fast-import.ts';
import { runGit } from '../../sandbox/git.ts';
import { makeUpstream } from '../../sandbox/upstreams.ts';
import { applyHere } from '../support/patched-source.ts';

let dir = '';
let runs = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pinwheel-apply-'));
});
afterAll(() => rm(dir, { recursive: true }));

/** Files become folders and links, folders become files and links, and back. */
const paths = ['a', 'a/b', 'a/b/c', 'a/d', 'e f/ü', 'e f', 'x'];
const text = fc
  .array(fc.constantFrom('one\n', 'two\n', 'three\n', 'four\r\n'), { maxLength: 8 })
  .map((lines) => lines.join(''));
const content = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.record({ mode: fc.constant('executable' as const), content: text }),
  fc.record({ mode: fc.constant('symlink' as const), content: fc.constantFrom('x', './y') }),
  fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);
const tree = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...paths), content), { selector: ([path]) => path })
  .map((files) => valid([...files, ['.keep', 'here\n']]));
type Tree = Readonly<Record<string, FileContent>>;

/** Of two files that cannot be in one tree, the one that comes first. */
function valid(files: readonly (readonly [path: string, content: FileContent])[]): Tree {
  const kept = new Map<string, FileContent>();
  for (const [path, what] of files) {
    const inTheWay = [...kept.keys()].some(
      (other) => `${other}/`.startsWith(`${path}/`) || path.startsWith(`${other}/`),
    );
    if (!inTheWay) kept.set(path, what);
  }
  return Object.fromEntries(kept);
}

/** To come from one tree to another. */
function step(from: Tree, to: Tree): Readonly<Record<string, FileContent | null>> {
  const gone = Object.keys(from).filter((path) => !(path in to));
  return { ...Object.fromEntries(gone.map((path) => [path, null])), ...to };
}

async function makeCase(trees: readonly [Tree, Tree, Tree], between: readonly [Tree, Tree]) {
  const home = join(dir, `case-${++runs}`);
  const bare = join(home, 'bare');
  const [before, after, other] = trees;
  const { commits } = await makeUpstream(bare, {
    branches: [
      {
        name: 'main',
        commits: [
          { message: 'Before', label: 'before', files: before },
          { message: 'Between', label: 'between', files: step(...between) },
          { message: 'After', label: 'after', files: step(between[1], after) },
        ],
      },
      { name: 'other', commits: [{ message: 'Other', label: 'other', files: other }] },
    ],
  });
  const queue = join(home, 'images', 'patches', 'nova', '2025.2');
  await mkdir(queue, { recursive: true });
  const range = `${commits.get('before') ?? ''}..${commits.get('after') ?? ''}`;
  await runGit(['-C', bare, 'format-patch', '--quiet', '--output-directory', queue, range]);
  const refs = join(home, 'images', 'releases', '2025.2', 'source-refs.yaml');
  await mkdir(dirname(refs), { recursive: true });
  await writeFile(refs, 'nova: "32.0.0"\n');
  return { home, bare, queue };
}

/** A checkout of its own, and a copy of it without git. */
async function checkOut(home: string, label: string): Promise<readonly [string, string]> {
  const checkout = join(home, `git-${label}`);
  const branch = label === 'other' ? 'other' : 'main';
  await runGit(['clone', '-q', '-b', branch, join(home, 'bare'), checkout]);
  if (label === 'before') await runGit(['-C', checkout, 'checkout', '-q', 'HEAD~2']);
  const plain = join(home, `plain-${label}`);
  await cp(checkout, plain, { recursive: true, verbatimSymlinks: true });
  await rm(join(plain, '.git'), { recursive: true });
  return [checkout, plain];
}

/** All that is in a folder, git's own aside. */
async function listing(root: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(root, { recursive: true });
  const found: Record<string, string> = {};
  for (const name of names.filter((one) => !/^\.git(?:\/|$)/.test(one))) {
    const status = await lstat(join(root, name));
    if (status.isDirectory()) found[name] = 'folder';
    else if (status.isSymbolicLink()) found[name] = `link ${await readlink(join(root, name))}`;
    else {
      const bytes = await readFile(join(root, name), 'latin1');
      found[name] = `${(status.mode & 0o777).toString(8)} ${bytes}`;
    }
  }
  return found;
}

/** Whether git applies all patches to a checkout; it is brought back where git does not. */
async function byGit(checkout: string, queue: string): Promise<boolean> {
  const start = (await runGit(['-C', checkout, 'rev-parse', 'HEAD'])).trim();
  try {
    for (const name of (await readdir(queue)).sort()) {
      await runGit(['-C', checkout, 'apply', '--index', '--whitespace=nowarn', join(queue, name)]);
    }
    return true;
  } catch {
    await runGit(['-C', checkout, 'reset', '-q', '--hard', start]);
    await runGit(['-C', checkout, 'clean', '-q', '-f', '-d']);
    return false;
  }
}

describe('a queue that is applied to a folder', () => {
  it('leaves what git leaves in a checkout, or nothing where git gives up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(tree, tree, tree, tree), async (trees) => {
        const [before, between, after, more] = trees;
        // Most of what the patches were made for, and a little of something else.
        const other = valid([...Object.entries(more).slice(0, 1), ...Object.entries(before)]);
        const { home, queue } = await makeCase([before, after, other], [before, between]);
        for (const label of ['before', 'other']) {
          const [checkout, plain] = await checkOut(home, label);
          const start = await listing(plain);
          const {
            outcome,
            verdicts,
            tree: ids,
          } = await applyHere({
            repo: join(home, 'images'),
            source: plain,
            cache: join(dir, 'cache'),
          });
          const refused = verdicts.some(({ verdict }) => verdict === 'refused');
          const expected = await byGit(checkout, queue);
          if (outcome === 'applied') {
            expect(await listing(plain)).toEqual(await listing(checkout));
            expect(ids?.before).not.toBe(ids?.after);
            expect(expected).toBe(true);
          } else {
            expect(await listing(plain)).toEqual(start);
            if (expected && !refused) expect(outcome).toBe('changes-nothing');
          }
        }
        await rm(home, { recursive: true });
      }),
      { numRuns: Number(process.env['APPLY_RUNS'] ?? 6) },
    );
  }, 600_000);
});
