import { actionsOf } from '../../sandbox/github/actions/workflows.ts';
import type { RepositoryActions } from '../../sandbox/github/actions/nouns.ts';
import { findRepository } from '../../sandbox/github/state/site.ts';
import { buildScene, settle } from './build-scene.ts';
import type { BuildScene, BuildSceneOptions, CellScript } from './build-scene.ts';
import { smallRepository } from './small-openstack.ts';

export const dockerfile = 'images/nova/Dockerfile';
/** A change that has nova built in both series. */
export const both = { [dockerfile]: `${smallRepository[dockerfile] ?? ''}# x\n` };

export function goesOn(): ReturnType<CellScript> {
  return { seconds: Infinity };
}

/** One of the two. */
export function failed(name: string): ReturnType<CellScript> {
  return name === 'nova/2025.2' ? { conclusion: 'failure', log: 'x\n' } : undefined;
}

export interface Proposed extends BuildScene {
  readonly head: string;
}

/** A pull request that has nova built in both series. */
export async function proposedBuild(options: BuildSceneOptions): Promise<Proposed> {
  const here = await buildScene(options);
  const head = await here.alice.push({ branch: 'topic', files: both, message: 'Change' });
  await here.alice.openPullRequest({ title: 'Change', head: 'topic' });
  await settle(here);
  return { ...here, head };
}

export const refs = 'releases/2025.2/source-refs.yaml';
/** Files with a newer nova. */
export const moved = { [refs]: (smallRepository[refs] ?? '').replace('32.0.0', '32.1.0') };

/** Pushes a newer nova to a branch and opens a pull request. */
export async function propose(
  here: BuildScene,
  files: Readonly<Record<string, string>> = moved,
): Promise<{ readonly head: string; readonly number: number }> {
  const head = await here.alice.push({ branch: 'topic', files, message: 'Change' });
  const number = await here.alice.openPullRequest({ title: 'Change', head: 'topic' });
  await settle(here);
  return { head, number };
}

export function actionsIn({ github }: BuildScene): RepositoryActions {
  const repository = findRepository(github.site, 'acme/images');
  if (!repository) throw new Error('there is no repository');
  return actionsOf({ site: github.site, repository });
}

/** The timer comes round. */
export async function look(here: BuildScene): Promise<void> {
  await here.bot.store.enqueue({ kind: 'report-builds' });
  await settle(here);
}

/** Names of the images that a run was told to build. */
export function toldCells(run: BuildScene['runs'][number] | undefined): readonly string[] {
  type Told = readonly { readonly service: string; readonly series: string }[];
  const cells = JSON.parse(run?.inputs['cells'] ?? '[]') as Told;
  return cells.map(({ service, series }) => `${service}/${series}`);
}
