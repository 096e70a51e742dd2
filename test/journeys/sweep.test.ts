import { describe, expect, it } from 'vitest';
import {
  constraints,
  forNova,
  later,
  lock,
  pins,
  place,
  placeWith,
  refs,
  repository,
  words,
} from '../support/swept-nova.ts';

describe('a sweep', { timeout: 90_000 }, () => {
  it('opens what upstream asks for, once, and keeps it up to date in place', async () => {
    const here = await place('fix', 'near', 'plain');
    expect(await here.sweep()).toEqual({ kind: 'done', what: 'main: 2 opened' });
    const pulls = here.pulls();
    expect([...pulls.keys()]).toEqual([refs, constraints]);
    expect(await here.subjects(refs)).toEqual([
      '2025.2: move nova, keystone',
      'patches: refresh nova 2025.2 on 32.1.0',
      'patches: drop 0001-fix.patch of nova 2025.2',
    ]);
    expect(await here.changes(refs)).toEqual([
      `M ${lock}`,
      `M ${pins}`,
      'M patches/nova/2025.2/0002-near.patch',
      'M patches/nova/2025.2/0003-plain.patch',
      'D patches/nova/2025.2/0001-fix.patch',
    ]);
    expect(await here.read(refs, pins)).toBe(
      '# pins\nnova:     "32.1.0"  # tag\r\nkeystone: \'28.0.1\'',
    );
    expect(pulls.get(refs)).toMatchObject({ draft: false, base: 'main' });
    expect(pulls.get(refs)?.body).toContain(
      '**2025.2: moves 2 components.** 2 patches refreshed, 1 patch dropped. Rebuilds 2 images.',
    );
    expect(await here.changes(constraints)).toEqual(['A releases/2025.2/upper-constraints.txt']);
    expect(await here.writesOfSweep()).toEqual([]);

    await here.tell(later);
    expect(words(await here.sweep())).toBe('main: 1 updated, 1 as they should be');
    expect(here.pulls().get(refs)?.number).toBe(pulls.get(refs)?.number);
    expect(await here.read(refs, pins)).toContain("keystone: '28.0.2'");
    expect(await here.subjects(refs)).toHaveLength(3);
    expect(await here.writesOfSweep()).toEqual([]);
  });

  it('opens a draft for patches that need a person, and leaves a branch to who pushes to it', async () => {
    const here = await place('clash');
    expect(words(await here.sweep())).toBe('main: 3 opened');
    const draft = here.pulls().get(forNova);
    expect(draft).toMatchObject({
      draft: true,
      title: '2025.2: nova 32.0.0 → 32.1.0 needs a hand with its patches',
    });
    expect(draft?.body).toContain('| `0001-clash.patch` | **conflict** |');
    expect(here.pulls().get(refs)?.title).toBe('2025.2: keystone 28.0.0 → 28.0.1');

    const mended = { 'patches/nova/2025.2/0001-clash.patch': 'mended\n' };
    const pushed = await here.alice.push({ branch: forNova, files: mended, message: 'Mend it' });
    expect(words(await here.sweep())).toContain('1 with commits of others');
    const said = here.pulls().get(forNova);
    expect(said?.comments).toEqual([expect.stringContaining(pushed.slice(0, 8))]);
    expect(await here.writesOfSweep()).toEqual([]);
    await here.tell(later);
    await here.sweep();
    expect(here.pulls().get(forNova)).toEqual({ ...said, headSha: pushed });
    expect(here.pulls().get(refs)?.title).toBe('2025.2: keystone 28.0.0 → 28.0.2');
  });

  it('proposes what a person closed again when there is something newer', async () => {
    const here = await place();
    await here.sweep();
    const first = here.pulls().get(refs);
    await here.alice.closePullRequest(first?.number ?? 0);
    expect(words(await here.sweep())).toBe(
      'main: 1 closed by somebody, and left alone, 1 as they should be',
    );
    expect(await here.writesOfSweep()).toEqual([]);
    await here.tell(later);
    expect(words(await here.sweep())).toBe('main: 1 opened, 1 as they should be');
    expect(here.pulls().get(refs)?.number).not.toBe(first?.number);
    expect(here.pulls().get(refs)?.state).toBe('open');
  });

  it('closes what has nothing left to do, but nothing that is held or that was pushed to', async () => {
    const here = await place();
    await here.sweep();
    const before = here.pulls();
    const moved = { [pins]: await here.read(refs, pins), [lock]: await here.read(refs, lock) };
    await here.alice.label(before.get(refs)?.number ?? 0, 'pinwheel/hold');
    await here.alice.push({ branch: 'main', files: moved, message: 'Move by hand' });
    expect(words(await here.sweep())).toBe('main: 1 as they should be');
    await here.alice.unlabel(before.get(refs)?.number ?? 0, 'pinwheel/hold');
    expect(words(await here.sweep())).toBe('main: 1 as they should be, 1 closed');
    const after = here.pulls().get(refs);
    expect(after).toMatchObject({ number: before.get(refs)?.number, state: 'closed' });
    expect(after?.comments).toEqual([expect.stringContaining('nothing left to move')]);
    await expect(here.subjects(refs)).rejects.toThrow();
    expect(await here.writesOfSweep()).toEqual([]);

    await here.alice.push({ branch: 'main', files: repository, message: 'Move back' });
    expect(words(await here.sweep())).toBe('main: 1 opened, 1 as they should be');
    expect(here.pulls().get(refs)?.state).toBe('open');
  });

  it('proposes nothing else because upstream is silent for a while', async () => {
    const here = await place();
    await here.sweep();
    const before = here.pulls();
    here.faults.set('/keystone', { kind: 'status', status: 500 });
    const silent =
      '1 left as they are until upstream answers, 1 as they should be, 1 question without an answer';
    expect(words(await here.sweep())).toBe(`main: ${silent}`);
    expect(here.pulls()).toEqual(before);
    await here.alice.closePullRequest(before.get(refs)?.number ?? 0);
    expect(await here.writesOfSweep()).toEqual([]);
    here.faults.clear();
    expect(await here.writesOfSweep()).toEqual([]);
  });

  it('opens no more than the policy allows, and keeps up to date what is open', async () => {
    const policy = { '.github/pinwheel.yml': 'limits: { openPullRequests: 1 }\n' };
    const here = await placeWith([], policy);
    const full = '1 over the limit of open pull requests';
    expect(words(await here.sweep())).toBe(`main: 1 opened, ${full}`);
    expect(await here.writesOfSweep()).toEqual([]);
    await here.tell(later);
    expect(words(await here.sweep())).toBe(`main: 1 updated, ${full}`);
    expect([...here.pulls().keys()]).toEqual([refs]);
    await here.alice.merge(here.pulls().get(refs)?.number ?? 0, { method: 'merge' });
    expect(words(await here.sweep())).toBe('main: 1 opened');
    expect([...here.pulls().keys()]).toEqual([refs, constraints]);
  });

  it('has merged what was merged, and says so by writing nothing', async () => {
    const here = await place();
    await here.sweep();
    for (const branch of [refs, constraints]) {
      await here.alice.merge(here.pulls().get(branch)?.number ?? 0, { method: 'squash' });
    }
    expect(await here.writesOfSweep()).toEqual([]);
    expect(words(await here.sweep())).toBe('main: nothing to propose');
  });

  it('takes a lost answer for what it is: the branch and the pull request are there once', async () => {
    const here = await place();
    here.github.faults.plant({ on: 'POST /graphql', fault: '502 after' });
    here.github.faults.plant({ on: 'POST /repos/{owner}/{repo}/pulls', fault: '502 after' });
    expect(words(await here.sweep())).toBe('main: 2 opened');
    expect([...here.pulls()].map(([, { number }]) => number)).toEqual([1, 2]);
    expect(await here.writesOfSweep()).toEqual([]);
  });
});
