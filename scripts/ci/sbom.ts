import { createHash } from 'node:crypto';
import type { RecipeSource } from '../../src/core/model/recipe.ts';
import type { Recipe } from '../recipe.ts';

/** A patch, as it was applied. */
export interface AppliedPatch {
  readonly component: string;
  readonly name: string;
  /** Its bytes: not every patch is UTF-8. */
  readonly content: Buffer;
}

/** A line of the overrides that goes into this cell. */
export interface Override {
  readonly name: string;
  readonly version: string;
}

interface BomComponent {
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly pedigree?: object;
}

export interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly components?: readonly BomComponent[];
  readonly [key: string]: unknown;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

interface Changes {
  readonly patches: readonly AppliedPatch[];
  readonly overrides: readonly Override[];
}

/**
 * A CycloneDX bill of materials in which each component that was built from source has its commit and
 * every patch on it, and each overridden pin says so. What a scanner did not find is added.
 */
export function withPedigree(bom: Bom, recipe: Recipe, { patches, overrides }: Changes): Bom {
  const components = [...(bom.components ?? [])];
  for (const source of recipe.sources) {
    const pedigree = pedigreeOf(source, patches);
    const at = indexOf(components, source.component);
    // A library that this service does not depend on is not in its image.
    if (at < 0 && source.role === 'libraries') continue;
    const found = components[at] ?? {
      type: 'library',
      name: source.component,
      version: source.version,
    };
    const built = { ...marked(found, 'pinwheel:built', source.role), pedigree };
    components.splice(at < 0 ? components.length : at, 1, built);
  }
  for (const { name, version } of overrides) {
    const at = indexOf(components, name);
    const found = components[at];
    if (found) components[at] = marked(found, 'pinwheel:override', version);
  }
  return { ...bom, components };
}

/** placement is openstack-placement on PyPI. */
function indexOf(components: readonly BomComponent[], name: string): number {
  const names = [plain(name), `openstack-${plain(name)}`];
  return components.findIndex(
    (one) => one.purl?.startsWith('pkg:pypi/') === true && names.includes(plain(one.name)),
  );
}

function marked(component: BomComponent, name: string, value: string): BomComponent {
  return { ...component, properties: [...(component.properties ?? []), { name, value }] };
}

function pedigreeOf(source: RecipeSource, patches: readonly AppliedPatch[]): object {
  const own = patches.filter(({ component }) => component === source.component);
  const commits = [{ uid: source.commit }];
  return own.length === 0 ? { commits } : { commits, patches: own.map(patchEntry) };
}

function patchEntry({ name, content }: AppliedPatch): object {
  const text = content.toString('utf8');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const bugs = [...text.matchAll(/^(?:Closes|Partial|Related)-Bug:\s*#?(\d+)/gim)].map(
    ([, id = '']) => id,
  );
  return {
    // CycloneDX knows unofficial, monkey, backport and cherry-pick.
    type: /^\(cherry picked from commit /m.test(text) ? 'backport' : 'unofficial',
    diff: {
      url: name,
      text: {
        contentType: 'text/x-diff',
        encoding: 'base64',
        content: content.toString('base64'),
      },
    },
    resolves: [
      { type: 'enhancement', id: `sha256:${sha256}`, description: name },
      ...bugs.map((id) => ({ type: 'defect', id, source: { name: 'Launchpad' } })),
    ],
  };
}
