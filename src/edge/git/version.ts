import { tmpdir } from 'node:os';
import { runGit } from './git.ts';

/** The version of the git on the path, `2.39.5`. Rejects with a `WorldError` where there is none. */
export async function gitVersion(): Promise<string> {
  const { stdout } = await runGit(tmpdir(), ['--version']);
  return /\d+(?:\.\d+)+/.exec(stdout.toString('utf8'))?.[0] ?? '0';
}
