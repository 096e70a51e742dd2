import { expect } from 'vitest';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import type { Outcome } from '../../src/core/model/job.ts';
import { novaPatches, patchedStory } from './carried-patches.ts';
import { imagesRepository } from './pinwheel.ts';
import { sweptPlace } from './swept-place.ts';
import type { SweptPlace } from './swept-place.ts';

const dockerfile = `FROM python-base
RUN --mount=type=bind,from=source,target=/source true
`;
export const pins = 'releases/2025.2/source-refs.yaml';
export const lock = 'releases/2025.2/source-refs.lock.yaml';
export const refs = 'pinwheel/main/2025.2/refs';
export const constraints = 'pinwheel/main/2025.2/constraints';
export const forNova = 'pinwheel/main/2025.2/component/nova';

export const repository: Readonly<Record<string, string>> = {
  'images/python-base/Dockerfile': 'FROM scratch\n',
  'images/nova/Dockerfile': dockerfile,
  'images/keystone/Dockerfile': dockerfile,
  [pins]: '# pins\nnova:     "32.0.0"  # tag\r\nkeystone: \'28.0.0\'',
};

type Carried = 'fix' | 'near' | 'clash' | 'plain';

/** Nova with some patches, numbered in this order. */
export function place(...carried: readonly Carried[]): Promise<SweptPlace> {
  return placeWith(carried, {});
}

export function placeWith(
  carried: readonly Carried[],
  more: Readonly<Record<string, string>>,
): Promise<SweptPlace> {
  return sweptPlace({
    story: patchedStory,
    files: async ({ upstreams, template }) => {
      const patches = await novaPatches(upstreams, ...carried);
      const named = carried.map(
        (name, index) =>
          [`patches/nova/2025.2/000${index + 1}-${name}.patch`, patches[name]] as const,
      );
      const files = { ...repository, ...more, ...Object.fromEntries(named) };
      const bench = await imagesRepository(files, template);
      expect(await bench.run('lock')).toMatchObject({ code: 0 });
      return { ...files, [lock]: await bench.read(lock) };
    },
  });
}

/** The same world with one more release of keystone. */
export const later: OpenStackStory = {
  ...patchedStory,
  components: patchedStory.components.map((component) =>
    component.name === 'keystone'
      ? { ...component, lines: { ...component.lines, '2025.2': ['28.0.0', '28.0.1', '28.0.2'] } }
      : component,
  ),
};

export function words(outcome: Outcome): string {
  return outcome.kind === 'done' ? (outcome.what ?? '') : 'why' in outcome ? outcome.why : '';
}
