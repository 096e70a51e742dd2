import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Recipe } from '../recipe.ts';
import { withPedigree } from './sbom.ts';
import type { AppliedPatch, Bom } from './sbom.ts';

const recipe: Recipe = {
  service: 'placement',
  series: '2026.1',
  digest: '',
  bases: [],
  contexts: [],
  sources: [
    {
      component: 'placement',
      role: 'source',
      commit: '1'.repeat(40),
      version: '15.0.0',
      patches: ['a'],
    },
    {
      component: 'oslo.messaging',
      role: 'libraries',
      commit: '2'.repeat(40),
      version: '1',
      patches: ['b'],
    },
    {
      component: 'absent-lib',
      role: 'libraries',
      commit: '3'.repeat(40),
      version: '1',
      patches: [],
    },
    { component: 'plugin', role: 'sources', commit: '4'.repeat(40), version: '2', patches: [] },
  ],
  args: {},
  labels: {},
};

const bom: Bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [
    { type: 'library', name: 'openstack_placement', purl: 'pkg:pypi/openstack-placement@15.0.0' },
    { type: 'library', name: 'oslo.messaging', purl: 'pkg:pypi/oslo.messaging@1' },
    { type: 'library', name: 'pyasn1', purl: 'pkg:pypi/pyasn1@0.6.4', properties: [] },
    { type: 'library', name: 'placement', purl: 'pkg:deb/debian/placement@1' },
  ],
};

function patch(component: string, name: string, text: string): AppliedPatch {
  return { component, name, content: Buffer.from(text, 'latin1') };
}

describe('a bill of materials', () => {
  const patches = [
    patch(
      'placement',
      '0001-a.patch',
      'From: J\xf6rg\nCloses-Bug: #2126751\n(cherry picked from commit 12)\n',
    ),
    patch('oslo.messaging', '0001-b.patch', 'x'),
  ];
  const overrides = [{ name: 'pyasn1', version: '0.6.4' }];
  const { components = [] } = withPedigree(bom, recipe, { patches, overrides });

  test('has every patch exactly once, byte for byte, with its bug', () => {
    const text = JSON.stringify(components);
    const sha256 = createHash('sha256').update(patches[0]!.content).digest('hex');
    for (const { name } of patches) expect(text.split(`"url":"${name}"`)).toHaveLength(2);
    expect(components[0]?.pedigree).toMatchObject({
      commits: [{ uid: '1'.repeat(40) }],
      patches: [
        {
          type: 'backport',
          diff: { text: { content: patches[0]?.content.toString('base64') } },
          resolves: [{ id: `sha256:${sha256}` }, { type: 'defect', id: '2126751' }],
        },
      ],
    });
  });

  test('names overrides, and leaves packages of the system alone', () => {
    expect(components[2]?.properties).toEqual([{ name: 'pinwheel:override', value: '0.6.4' }]);
    expect(components[3]).toEqual(bom.components?.[3]);
  });

  test('gains what a scanner missed, but no library that the image does not hold', () => {
    expect(components.map(({ name }) => name)).toEqual([
      'openstack_placement',
      'oslo.messaging',
      'pyasn1',
      'placement',
      'plugin',
    ]);
  });
});
