import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../.dependency-cruiser.mjs';

/** One planted violation a rule: the rule's name, the file, and what it imports. */
const planted: readonly [rule: string, file: string, line: string][] = [
  ['no-cycles', 'src/core/model/back.ts', "import './cycle.ts';"],
  ['model-sees-nothing', 'src/core/model/greedy.ts', "import '../formats/plain.ts';"],
  ['formats-sees-only-model', 'src/core/formats/greedy.ts', "import '../decide/plain.ts';"],
  [
    'decide-sees-only-model',
    'src/core/decide/greedy.ts',
    "import type { T } from '../render/plain.ts';",
  ],
  ['render-sees-only-model', 'src/core/render/greedy.ts', "import '../../edge/git/plain.ts';"],
  ['core-is-pure', 'src/core/decide/reader.ts', "import 'node:fs';"],
  ['journeys-see-core', 'src/journeys/wiring.ts', "import '../app/plain.ts';"],
  ['journeys-take-edges-as-types', 'src/journeys/greedy.ts', "import '../edge/git/plain.ts';"],
  ['journeys-are-strangers', 'src/journeys/chained.ts', "import './plain.ts';"],
  ['edges-see-model-and-formats', 'src/edge/git/judge.ts', "import '../../core/decide/plain.ts';"],
  [
    'edges-are-strangers',
    'src/edge/git/friend.ts',
    "import type { T } from '../upstream/plain.ts';",
  ],
  ['app-wires-and-does-not-decide', 'src/app/judge.ts', "import '../core/decide/plain.ts';"],
  ['octokit-at-its-edge', 'src/edge/upstream/octo.ts', "import '@octokit/rest';"],
  [
    'child-processes-in-git-and-store',
    'src/edge/upstream/spawner.ts',
    "import 'node:child_process';",
  ],
  ['database-in-store', 'src/edge/upstream/sql.ts', "import 'pg';"],
  ['product-does-not-see-its-tests', 'src/app/toy.ts', "import '../../sandbox/plain.ts';"],
];

const plain = ['core/model', 'core/formats', 'core/decide', 'core/render', 'journeys', 'app'];
const edges = ['edge/git', 'edge/upstream'];

let folder = '';

async function plant(path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\nexport type T = 1;\nexport const here = 1;\n`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinwheel-layers-'));
  for (const room of [...plain, ...edges]) await plant(`src/${room}/plain.ts`, '');
  await plant('sandbox/plain.ts', '');
  await plant('src/core/model/cycle.ts', "import './back.ts';");
  for (const [, file, line] of planted) await plant(file, line);
  for (const name of ['@octokit/rest', 'pg']) {
    await plant(`node_modules/${name}/index.js`, '');
    await writeFile(
      join(folder, 'node_modules', name, 'package.json'),
      `{"name":"${name}","main":"index.js"}`,
    );
  }
  await writeFile(join(folder, 'package.json'), '{"dependencies":{"pg":"1","@octokit/rest":"1"}}');
  await writeFile(join(folder, 'tsconfig.json'), '{"compilerOptions":{"module":"nodenext"}}');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a layer violation', () => {
  it('of each kind is caught, and nothing else is', async () => {
    const { output } = await cruise(['src'], {
      ruleSet: config,
      validate: true,
      ...config.options,
      baseDir: folder,
    });
    if (typeof output === 'string') throw new Error('text instead of a result');
    const found = output.summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
    const expected = planted.map(([rule, file]) => `${rule} ${file}`);
    expect([...new Set(found)].sort()).toEqual(expected.sort());
  });

  it('is planted for every rule that there is', () => {
    expect((config.forbidden ?? []).map(({ name }) => name).sort()).toEqual(
      planted.map(([rule]) => rule).sort(),
    );
  });
});
