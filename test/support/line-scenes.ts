import { join } from 'node:path';
import type { NewBranch, NewCommit, NewTag } from '../../sandbox/fast-import.ts';
import { runGit } from '../../sandbox/git.ts';
import { extendUpstream, makeUpstream } from '../../sandbox/upstreams.ts';
import type { PatchOrigins } from '../../src/core/model/conflict-origin.ts';
import { createPatchTrials } from '../../src/edge/git/patch-trial.ts';
import type { OriginQuestion } from '../../src/edge/git/line-history.ts';
import type { TrialPatch } from '../../src/edge/git/trial-patch.ts';
import { temporaryFolder } from './pinwheel.ts';
import { readTrialPatch } from './trial-patches.ts';

/** Thirty lines, of which some are otherwise; `undefined` takes one away. */
export function text(
  changes: Readonly<Record<number, string | undefined>> = {},
  end = '\n',
): string {
  const lines = Array.from({ length: 30 }, (_, index) => {
    const line = index + 1;
    return line in changes ? changes[line] : `line ${line}`;
  });
  return lines.flatMap((line) => (line === undefined ? [] : [`${line}${end}`])).join('');
}

/** What upstream did, and a patch that is in its way. */
export interface LineStory {
  /** Commits of master, from the first; the patch is made on the one with the label `base`. */
  readonly master: readonly NewCommit[];
  readonly branches?: readonly NewBranch[];
  readonly tags?: readonly NewTag[];
  /** What the patch does. */
  readonly patch: NonNullable<NewCommit['files']>;
  /** The branch on which the patch is tried. Default: master. */
  readonly source?: string;
  /** The patch's own commit is on a branch, so that the server has it. */
  readonly published?: boolean;
}

export interface LineScene {
  /** Folder of the repository `upstream`, and of all else. */
  readonly dir: string;
  readonly target: { readonly url: string; readonly ref: string; readonly commit: string };
  readonly patch: TrialPatch;
}

/** Makes a story real, for as long as the test runs. */
export async function makeScene(story: LineStory): Promise<LineScene> {
  const { master, branches = [], tags = [], source = 'master', published = false } = story;
  const dir = await temporaryFolder();
  const upstream = join(dir, 'upstream');
  const fix: NewCommit = { message: 'My fix', files: story.patch };
  const { commits } = await makeUpstream(upstream, {
    branches: [{ name: 'master', commits: master }, ...branches],
    tags,
  });
  const author = published ? upstream : join(dir, 'author');
  if (!published) await runGit(['clone', '--quiet', '--bare', upstream, author]);
  await extendUpstream(author, {
    branches: [{ name: 'patch', from: commits.get('base') ?? '', commits: [fix] }],
  });
  const patch = await runGit(['-C', author, 'format-patch', '-1', '--stdout', 'patch']);
  const commit = (await runGit(['-C', upstream, 'rev-parse', source])).trim();
  const target = { url: `file://${upstream}`, ref: `refs/heads/${source}`, commit };
  return { dir, target, patch: readTrialPatch(Buffer.from(patch)) };
}

/** Where git stops: at the first hunk of each file, or at the whole file. */
export function questionOf({ patch }: LineScene): OriginQuestion {
  const places = patch.files.map(({ oldPath, newPath, hunks, line }) => ({
    path: oldPath ?? newPath ?? '',
    line: oldPath === undefined ? line : (hunks[0]?.line ?? line),
  }));
  return { patch, places };
}

export async function originsOf(scene: LineScene): Promise<PatchOrigins | undefined> {
  const { dir, target } = scene;
  const trials = createPatchTrials({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
  const [found] = await trials.origins({ target, questions: [questionOf(scene)] });
  return found;
}

/** In short: `path#hunk cause: commits | those that are missing; how many more, and where it is`. */
export async function shownOrigins(story: LineStory): Promise<readonly string[]> {
  const found = await originsOf(await makeScene(story));
  return (found?.places ?? []).map(({ path, hunk, origin }) => {
    const { cause, commits, missing, more, otherPath } = origin;
    const [since, upon] = [commits, missing].map((list) =>
      list.map(({ subject, firstTag = '-' }) => `${subject} (${firstTag})`).join(', '),
    );
    const at = hunk === undefined ? path : `${path}#${hunk}`;
    const cut = more === undefined ? '' : ` +${more}`;
    const place = otherPath === undefined ? '' : ` at ${otherPath}`;
    return `${at} ${cause}: ${since ?? ''} | ${upon ?? ''}${cut}${place}`;
  });
}
