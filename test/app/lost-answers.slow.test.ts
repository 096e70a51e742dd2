import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { manyRepositories } from '../support/many-repositories.ts';
import type { ManyRepositories } from '../support/many-repositories.ts';
import { numberOf } from '../support/orders-world.ts';
import { repositoryState } from '../support/repository-state.ts';
import type { RepositoryState } from '../support/repository-state.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

/** Every kind of write that the bot makes. */
const routes = [
  'POST /repos/{owner}/{repo}/git/trees',
  'POST /repos/{owner}/{repo}/git/commits',
  'POST /graphql',
  'POST /repos/{owner}/{repo}/pulls',
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
  'POST /repos/{owner}/{repo}/check-runs',
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
] as const;
const misfortunes = [
  ...(['502 after', 'cut after', '502 before', 'cut before'] as const),
  ...(['secondary 1s', 'slow 300ms'] as const),
] as const;

/** PINWHEEL_FAULT: only this one. */
const only = process.env['PINWHEEL_FAULT'];

test('an answer that is lost, late or a refusal for now changes nothing in the end', async () => {
  const world = await manyRepositories(used.url);
  const faultless = await play(world, 'faultless', () => undefined);
  const wrong: { readonly name: string; readonly state: RepositoryState }[] = [];
  for (const on of routes) {
    for (const fault of misfortunes.filter((one) => (only ?? one) === one)) {
      const name = `${on.replaceAll(/\W+/g, '-')}-${fault.replaceAll(' ', '-')}`;
      const { faults } = world.github;
      const before = faults.fired.get(fault) ?? 0;
      const state = await play(world, name, (turn) => {
        faults.plant({ on, fault, skip: turn });
      });
      faults.clear();
      expect(faults.fired.get(fault) ?? 0, name).toBeGreaterThan(before);
      if (!isDeepStrictEqual(state, faultless)) wrong.push({ name, state });
    }
  }
  console.info(world.github.faults.summary());
  for (const { name, state } of wrong) expect.soft(state, name).toEqual(faultless);
  expect(wrong.map(({ name }) => name)).toEqual([]);
}, 1_800_000);

const lane = 'pinwheel/main/2025.2';

/** Pull requests open, one is pushed to by a person, and another one's moves are made by hand. */
async function play(
  world: ManyRepositories,
  name: string,
  plant: (turn: number) => void,
): Promise<RepositoryState> {
  const { github } = world;
  const full = `acme/${name}`;
  await world.add(name);
  plant(0);
  await world.sweep(name);
  const alice = github.as('alice', full);
  const files = { 'releases/2025.2/note.txt': 'by hand\n' };
  await alice.push({ branch: `${lane}/constraints`, files, message: 'By hand' });
  plant(1);
  const pins = 'nova: "32.0.0"\nkeystone: "28.0.2"\n';
  await alice.push({
    ...{ branch: 'main', message: 'Move by hand' },
    files: { 'releases/2025.2/source-refs.yaml': pins },
  });
  await alice.closePullRequest(numberOf(github, full, `${lane}/security/nova`));
  await world.settle();
  await world.sweep(name);
  return repositoryState(github, 'alice', full);
}
