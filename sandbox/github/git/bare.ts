import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// Objects stay loose: they are then read without a process. The sandbox's repositories are small.
const config = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tlogAllRefUpdates = false
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
\thideRefs = refs/sandbox
[receive]
\tunpackLimit = 1000000
\tautogc = false
\tdenyDeleteCurrent = ignore
[fetch]
\tunpackLimit = 1000000
[gc]
\tauto = 0
[http]
\treceivepack = true
`;

/** What git runs for each ref of a push: protected ones are refused in GitHub's words. */
const updateHook = `#!/bin/sh
[ -n "$SANDBOX_BYPASS" ] && exit 0
while read -r pattern; do
  case "$1" in $pattern)
    echo "error: GH006: Protected branch update failed for $1." >&2
    echo "error: Changes must be made through a pull request." >&2
    exit 1 ;;
  esac
done < "$GIT_DIR/protected-refs"
case "$1" in refs/pull/*) echo "error: deny updating a hidden ref" >&2; exit 1 ;; esac
exit 0
`;

export async function makeBare(dir: string, branch: string): Promise<void> {
  const folders = ['objects/pack', 'refs/heads', 'refs/tags', 'hooks'];
  await Promise.all(folders.map((folder) => mkdir(join(dir, folder), { recursive: true })));
  await Promise.all([
    writeFile(join(dir, 'config'), config),
    writeFile(join(dir, 'HEAD'), `ref: refs/heads/${branch}\n`),
    writeFile(join(dir, 'hooks/update'), updateHook, { mode: 0o755 }),
    protectRefs(dir, []),
  ]);
}

/** Shell patterns of full ref names that a push may not move. */
export function protectRefs(dir: string, patterns: readonly string[]): Promise<void> {
  return writeFile(join(dir, 'protected-refs'), patterns.map((one) => `${one}\n`).join(''));
}
