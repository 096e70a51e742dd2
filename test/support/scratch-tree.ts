import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** A folder that every test gets afresh. */
export interface ScratchTree {
  /** The folder of the test that is running. */
  readonly root: () => string;
  /** A folder beside it, for what is none of its business. */
  readonly beside: (name: string) => string;
  put(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Texts of all files, by path. */
  listing(): Promise<Readonly<Record<string, string>>>;
}

/** To be called once in a test file, outside of its tests. */
export function scratchTree(): ScratchTree {
  let base = '';
  let root = '';
  let trees = 0;
  beforeAll(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-tree-')));
  });
  beforeEach(async () => {
    root = join(base, `tree-${++trees}`);
    await mkdir(root);
  });
  afterAll(() => rm(base, { recursive: true }));
  return {
    root: () => root,
    beside: (name) => join(base, name),
    put: async (path, content, mode = 0o644) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content, { mode });
    },
    listing: () => listFiles(root),
  };
}

async function listFiles(root: string): Promise<Readonly<Record<string, string>>> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => !entry.isDirectory());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return Object.fromEntries(paths.map((path, n) => [path.slice(root.length + 1), texts[n] ?? '']));
}

/** What a promise was rejected with. */
export function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}
