import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGit } from '../../sandbox/git.ts';
import type { Person } from '../../sandbox/github/person.ts';
import { temporaryFolder } from '../support/pinwheel.ts';
import {
  constraints,
  later,
  lock,
  pins,
  place,
  placeWith,
  refs,
  repository,
  words,
} from '../support/swept-nova.ts';
import type { SweptPlace } from '../support/swept-place.ts';

const upper = 'releases/2025.2/upper-constraints.txt';

/** Two pull requests of the bot, and somebody has done by hand what they do. */
async function obsolete(): Promise<SweptPlace> {
  const here = await place();
  await here.sweep();
  const files = {
    [pins]: await here.read(refs, pins),
    [lock]: await here.read(refs, lock),
    [upper]: await here.read(constraints, upper),
  };
  await here.alice.push({ branch: 'main', files, message: 'Move by hand' });
  return here;
}

function states({ pulls }: SweptPlace): readonly string[] {
  return [...pulls().values()].map(({ state }) => state);
}

/** A commit that stands on nothing, in place of a branch. */
async function pushOrphan({ gitUrl }: Person, branch: string): Promise<string> {
  const clone = join(await temporaryFolder(), 'clone');
  await runGit(['clone', '--quiet', gitUrl, clone]);
  const orphan = await runGit(['-C', clone, 'commit-tree', '-m', 'Alone', 'HEAD^{tree}']);
  const sha = orphan.trim();
  await runGit([
    '-C',
    clone,
    'push',
    '--quiet',
    '--force',
    'origin',
    `${sha}:refs/heads/${branch}`,
  ]);
  return sha;
}

describe('a sweep that closes what is obsolete', { timeout: 90_000 }, () => {
  it("leaves a branch that may not be deleted, and takes that for nobody's «no»", async () => {
    const here = await obsolete();
    await here.alice.protect({ pattern: constraints });
    expect(words(await here.sweep())).toBe('main: 2 closed');
    expect(states(here)).toEqual(['closed', 'closed']);
    expect(await here.subjects(constraints)).toHaveLength(1);
    await expect(here.subjects(refs)).rejects.toThrow();
    expect(await here.writesOfSweep()).toEqual([]);

    await here.alice.protect();
    const files = { ...repository, [upper]: null };
    await here.alice.push({ branch: 'main', files, message: 'Move back' });
    expect(words(await here.sweep())).toBe('main: 2 opened');
    expect(await here.writesOfSweep()).toEqual([]);
  });

  it('closes without words what may not be commented on', async () => {
    const here = await obsolete();
    here.github.faults.plant({
      on: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      fault: '403 before',
    });
    expect(words(await here.sweep())).toBe('main: 2 closed');
    expect(states(here)).toEqual(['closed', 'closed']);
    expect([...here.pulls().values()].flatMap(({ comments }) => comments)).toHaveLength(1);
    expect(await here.writesOfSweep()).toEqual([]);
  });

  it('says what may not be closed at all, and closes the others', async () => {
    const here = await obsolete();
    const on = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
    here.github.faults.plant({ on, fault: '403 before' });
    const said = words(await here.sweep());
    expect(said).toMatch(/^main: 1 refused by GitHub \(GitHub: PATCH .*: 403 .*\), 1 closed$/);
    expect(states(here)).toEqual(['closed', 'open']);
    expect(here.pulls().get(constraints)?.comments).toEqual([]);
    expect(words(await here.sweep())).toBe('main: 1 closed');
    expect(await here.writesOfSweep()).toEqual([]);
  });

  it('does nothing twice while neither the branch may go nor the pull request be closed', async () => {
    const here = await obsolete();
    await here.alice.protect({ pattern: constraints });
    const on = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
    // Its text may be written, and that comes first.
    here.github.faults.plant({ on, fault: '403 before', skip: 1 });
    expect(words(await here.sweep())).toMatch(/^main: 1 refused by GitHub .*, 1 closed$/);
    const left = here.pulls().get(constraints);
    expect(left).toMatchObject({
      state: 'open',
      comments: [expect.stringContaining('nothing left')],
    });

    here.github.faults.plant({ on, fault: '403 before' });
    const refused = ['POST /api/graphql', `PATCH /api/v3/repos/acme/images/pulls/${left?.number}`];
    expect(await here.writesOfSweep()).toEqual(refused);
    expect(here.pulls().get(constraints)).toEqual(left);
    expect(words(await here.sweep())).toBe('main: 1 closed');
    expect(await here.writesOfSweep()).toEqual([]);
  });
});

describe(
  'a branch of the bot that has no history in common with its base',
  { timeout: 90_000 },
  () => {
    it('is left to who pushed it, and the others of the base are kept up to date', async () => {
      const here = await placeWith([], { '.github/pinwheel.yml': 'merge: auto\n' });
      await here.sweep();
      const orphan = await pushOrphan(here.alice, constraints);
      await here.tell(later);
      const on = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
      here.github.faults.plant({ on, fault: '403 before' });
      expect(words(await here.sweep())).toBe('main: 1 updated, 1 with commits of others');
      expect(here.pulls().get(constraints)?.comments).toEqual([]);
      // Said as soon as it may be.
      expect(words(await here.sweep())).toContain('1 with commits of others');
      const said = here.pulls().get(constraints);
      expect(said).toMatchObject({ state: 'open', headSha: orphan });
      expect(said?.comments).toEqual([expect.stringContaining(orphan.slice(0, 8))]);
      expect(await here.writesOfSweep()).toEqual([]);
      const helped = words(await here.helpMerge());
      expect(helped).toContain(`#${said?.number}: somebody else pushed to its branch`);
      expect(helped).toContain(`#${here.pulls().get(refs)?.number}: main does not require`);
    });

    it('is left also where nothing is left to do', async () => {
      const here = await obsolete();
      await pushOrphan(here.alice, constraints);
      expect(words(await here.sweep())).toBe('main: 1 closed');
      expect(states(here)).toEqual(['closed', 'open']);
      expect(await here.writesOfSweep()).toEqual([]);
    });
  },
);
