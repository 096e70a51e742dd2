import { describe, expect, it } from 'vitest';
import { buildScene, imagesCheckOf, reactionsOn, saidOn, settle } from '../support/build-scene.ts';
import { propose, toldCells } from '../support/proposed-build.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

describe('a pull request that moves a pin', { timeout: 90_000 }, () => {
  it('has exactly the affected images built, unpublished, and told in one check', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const { head } = await propose(here);
    expect(here.runs.map(toldCells)).toEqual([['nova/2025.2']]);
    expect(here.runs[0]?.inputs).toMatchObject({ commit: head, publish: 'false' });
    expect(here.runs[0]?.branch).toBe('main');
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ status: 'completed', conclusion: 'success' });
    expect(check?.output.summary).toContain('source: `nova 32.0.0 (');
    expect(check?.output.summary).toContain('`32.1.0-p0-2025.2`');
  });
});

describe('/rebuild', { timeout: 90_000 }, () => {
  it('is seen at once, built, told in the check, and answered when it has ended', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const { number, head } = await propose(here, { 'README.md': 'x\n' });
    await here.alice.comment(number, 'Please:\n/rebuild nova 2025.2\n');
    await settle(here);
    expect(here.runs.map(toldCells)).toEqual([['nova/2025.2']]);
    expect(await reactionsOn(here, number)).toEqual(['eyes rocket']);
    const said = await saidOn(here, number);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('🚀 `/rebuild nova 2025.2`');
    expect(said[0]).toContain('✅ built');
    expect(await imagesCheckOf(here, head)).toMatchObject({ conclusion: 'success' });
  });
});
