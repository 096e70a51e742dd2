import { runGit, runGitToCode } from '../../sandbox/git.ts';

/** What plain `git apply` made of a patch in a work tree that has all files of a commit. */
export interface PlainApply {
  readonly ok: boolean;
  /** True where git says that it placed a hunk elsewhere. */
  readonly moved: boolean;
  /** All that is different afterwards: mode and blob by path; a file that is gone has none. */
  readonly changes: ReadonlyMap<string, string>;
}

/** A whole work tree, to try patches in one after the other. */
export interface FullCheckout {
  readonly checkOut: (commit: string) => Promise<void>;
  /** Applies, looks at everything, and goes back to the commit. */
  readonly apply: (patch: Uint8Array) => Promise<PlainApply>;
  /** The same, and stays there: the next patch finds what this one left. */
  readonly applyOnTop: (patch: Uint8Array) => Promise<PlainApply>;
  /** What git sees to be different from the commit; nothing, unless an apply went wrong. */
  readonly status: () => Promise<string>;
}

export async function fullCheckout(clone: string, tree: string): Promise<FullCheckout> {
  await runGit(['clone', '--quiet', '--shared', '--no-checkout', clone, tree]);
  function git(...args: readonly string[]): Promise<string> {
    return runGit(['-C', tree, ...args]);
  }
  return {
    checkOut: async (commit) => {
      await git('checkout', '--quiet', '--force', '--detach', commit);
    },
    apply: async (patch) => {
      const result = await applyPlainly(tree, patch);
      if (result.ok) await git('reset', '--quiet', '--hard');
      return result;
    },
    applyOnTop: async (patch) => {
      const result = await applyPlainly(tree, patch);
      if (result.ok) await git('commit', '--quiet', '--allow-empty', '--message=On top');
      return result;
    },
    status: () => git('status', '--porcelain', '--ignored', '--untracked-files=all'),
  };
}

/** Applies, and stages all that is different then. */
async function applyPlainly(tree: string, patch: Uint8Array): Promise<PlainApply> {
  const { code, stderr } = await runGitToCode(['-C', tree, 'apply', '-v'], patch);
  // git leaves everything as it was: `status` would tell.
  if (code !== 0) return { ok: false, moved: false, changes: new Map() };
  await runGit(['-C', tree, 'add', '--all', '--force', '.']);
  const raw = ['--cached', '--raw', '--no-renames', '--no-abbrev', '-z', 'HEAD'];
  const changes = parseRaw(await runGit(['-C', tree, 'diff-index', ...raw]));
  return { ok: true, moved: /^Hunk #\d+ succeeded at .*\(offset /m.test(stderr), changes };
}

/** `:<mode> <mode> <id> <id> <letter> NUL <path> NUL` */
function parseRaw(output: string): ReadonlyMap<string, string> {
  const found = output.matchAll(/:\d{6} (\d{6}) [0-9a-f]{40} ([0-9a-f]{40}) [A-Z]\0([^\0]+)\0/g);
  return new Map(
    [...found].map(([, mode = '', blob = '', path = '']) => {
      return [path, mode === '000000' ? 'gone' : `${mode} ${blob}`];
    }),
  );
}
