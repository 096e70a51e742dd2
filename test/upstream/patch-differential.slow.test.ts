import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ComparedPair, DifferentialRequest } from '../support/patch-differential.ts';
import { runToEnd, temporaryFolder } from '../support/pinwheel.ts';
import { clonesFolder } from '../support/upstream-data.ts';

/** OpenStack and C, large and small. */
const components = [
  ...['nova', 'neutron', 'cinder', 'keystone', 'glance', 'horizon', 'placement', 'oslo.messaging'],
  ...['glance_store', 'keystonemiddleware', 'python-novaclient', 'ovn-octavia-provider', 'ovn'],
];

const wanted = Number(process.env['PINWHEEL_PAIRS'] ?? 1000);
const seed = Number(process.env['PINWHEEL_SEED'] ?? 1);
/** Some stand alone, and some on top of others. */
const patchesPerVersion = 22;

it(
  'a patch applies exactly where git apply succeeds on a full checkout, alone and on others, and leaves the same tree',
  { timeout: 3_600_000 },
  async (context) => {
    const clones = clonesFolder ?? '';
    const here = components.filter((component) => existsSync(join(clones, component, 'HEAD')));
    if (clonesFolder === undefined || here.length === 0) {
      context.skip('skipped: no PINWHEEL_CLONES, a folder of clones of the real repositories');
      return;
    }
    const folder = await temporaryFolder();
    const versions = Math.ceil(wanted / here.length / patchesPerVersion);
    const pairs: ComparedPair[] = [];
    async function compareNext(left: string[]): Promise<void> {
      for (let component = left.shift(); component !== undefined; component = left.shift()) {
        const clone = join(clones, component);
        const own = await compare({ component, clone, folder, versions, seed });
        pairs.push(...own);
        console.log(`${component}: ${summary(own)}`);
      }
    }
    const left = [...here];
    await Promise.all([compareNext(left), compareNext(left)]);
    console.log(`all: ${summary(pairs)}`);
    const differing = pairs.filter(({ difference }) => difference !== undefined);
    expect(differing.map(({ what, difference }) => `${what}: ${difference ?? ''}`)).toEqual([]);
    expect(pairs.length).toBeGreaterThanOrEqual(wanted);
    const applied = pairs.filter(({ verdict }) => verdict.startsWith('applies'));
    expect(applied.length).toBeGreaterThan(pairs.length / 4);
  },
);

/** In a process of its own: the larger one is, the longer it takes to start a git. */
async function compare(request: DifferentialRequest): Promise<readonly ComparedPair[]> {
  const module = new URL('../support/patch-differential.ts', import.meta.url).href;
  const program = `import { comparePairs } from ${JSON.stringify(module)};
    process.stdout.write(JSON.stringify(await comparePairs(${JSON.stringify(request)})));`;
  const args = ['--input-type=module', '-e', program];
  const { code, stdout, stderr } = await runToEnd(process.execPath, args, { env: process.env });
  if (code !== 0) throw new Error(`${request.component}: ${stderr}`);
  return JSON.parse(stdout) as readonly ComparedPair[];
}

function summary(pairs: readonly ComparedPair[]): string {
  const words = Map.groupBy(pairs, ({ verdict }) => verdict);
  const kinds = Map.groupBy(
    pairs.flatMap((pair) => pair.kinds.map((kind) => ({ kind, pair }))),
    ({ kind }) => kind,
  );
  const differ = pairs.filter(({ difference }) => difference !== undefined).length;
  const counts = [...words, ...kinds].map(([word, { length }]) => `${word} ${length}`).sort();
  return `${pairs.length} pairs, ${differ} differ; ${counts.join(', ')}`;
}
