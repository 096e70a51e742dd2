import { isBuilding, problemOf } from '../../core/model/build.ts';
import { planBuild } from '../../core/decide/build-plan.ts';
import { builtText } from '../../core/render/build-replies.ts';
import type { InstalledRepository } from '../../core/model/repository.ts';
import { cellsOf } from './build-target.ts';
import type { BuildTarget } from './build-target.ts';
import type { BuildWorld } from './build-world.ts';
import type { Done } from './command-scene.ts';
import { isForeign } from './foreign.ts';
import { buildsAt } from './look-at-runs.ts';
import { startBuild } from './start-build.ts';

export interface BuildPlace {
  readonly world: BuildWorld;
  readonly installed: InstalledRepository;
  readonly target: BuildTarget;
}

/** Builds images by name, whether or not anything changed: for a security update of system packages, say. */
export async function rebuildNamed(
  { world, installed, target }: BuildPlace,
  wanted: {
    readonly names: readonly string[];
    readonly occasion: string;
    readonly by: string;
    readonly comment?: number;
    readonly issue?: number;
    readonly position?: number;
  },
): Promise<Done> {
  const { names, occasion, by, comment, issue, position } = wanted;
  if (await isForeign(world, target)) {
    const text = `This commit is of a fork. Read it, and say\n\n    /ok-to-build ${target.head}`;
    return { result: 'refused', text };
  }
  const { catalog, cells } = await cellsOf(world, target.snapshot);
  const known = new Set(
    cells.flatMap(({ cell: { service, series, sharedBy } }) =>
      [series, ...sharedBy].map((id) => `${service}/${id}`),
    ),
  );
  const plan = planBuild(catalog, cells, {
    ...{ kind: 'named', names: names.filter((name) => known.has(name)) },
  });
  if (plan.cells.length === 0)
    return { result: 'refused', text: 'No such image can be built here.' };
  const build = await startBuild(world, {
    ...{ installed, target, occasion, publish: !target.pull, cells: plan.cells },
    cause: {
      ...{ kind: 'asked', by },
      ...(comment !== undefined && { comment }),
      ...(issue !== undefined && { issue }),
      ...(position !== undefined && { position }),
    },
  });
  if (!build) throw new Error('a build that was asked for was not written down');
  return {
    result: problemOf(build) === undefined || isBuilding(build) ? 'working' : 'refused',
    text: builtText(build),
    jobs: [{ kind: 'report-build', build: build.id }],
  };
}

/** Says that what is built for a commit is to be stopped; gives the ids of those builds. */
export async function stopBuilds(
  { world, installed, target }: BuildPlace,
  by: string,
): Promise<readonly string[]> {
  const { head, reached } = target;
  const builds = await buildsAt(world, reached.repository, { installed, head });
  const open = builds.filter(isBuilding);
  for (const { id } of open) {
    await world.store.builds.change(id, (build) => ({ ...build, cancelledBy: by }));
    await world.store.enqueue({ kind: 'report-build', build: id }, { priority: 1 });
  }
  return open.map(({ id }) => id);
}
