import { describe, expect, it } from 'vitest';
import { constraints, lock, pins, place, refs, repository, words } from '../support/swept-nova.ts';
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
