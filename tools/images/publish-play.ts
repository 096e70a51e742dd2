import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedSnapshot, weeklySnapshot } from '../../scripts/ci/bases.ts';
import type { Stored } from '../../scripts/ci/retention.ts';
import { runCommand } from '../../scripts/command.ts';
import { Unavailable } from './debian.ts';
import type { Engine } from './engine.ts';
import type { Result } from './cell.ts';
import { skippedResult } from './cell.ts';
import { blob, readLayout } from './layers.ts';
import { startRegistry } from './registry.ts';
import type { Registry } from './registry.ts';
import { retire } from './retention-play.ts';
import { mustBe, reason } from './smoke.ts';
import type { Check } from './smoke.ts';

interface Stage {
  readonly engine: Engine;
  readonly registry: Registry;
  /** As a job of the workflow has it: `tools` and `repository` below. */
  readonly folder: string;
}

const service = 'placement';
const image = `acme/images/${service}`;
const platforms = ['amd64', 'arm64'];

/**
 * What the workflow's own scripts do with a registry: a platform has no tag, both get the immutable one
 * together, and the moving tags come last. The image is a file, for it is not the image that matters.
 */
export async function playPublish(
  { engine, repo, work }: { readonly engine: Engine; readonly repo: string; readonly work: string },
  { cache, series }: { readonly cache: string; readonly series: string },
): Promise<Result> {
  const started = performance.now();
  const name = 'publish scripts';
  const checks: Check[] = [];
  let registry: Registry | undefined;
  try {
    registry = await startRegistry(cache, work);
    const folder = join(work, 'publish');
    await mkdir(folder);
    for (const link of ['tools', 'repository']) await symlink(repo, join(folder, link));
    for (const [check, act] of acts({ engine, registry, folder }, series)) {
      checks.push({ name: check, why: await whyNot(act) });
    }
  } catch (error) {
    if (error instanceof Unavailable) return skippedResult(name, reason(error));
    checks.push({ name: 'registry', why: reason(error) });
  } finally {
    registry?.stop();
  }
  const seconds = (performance.now() - started) / 1000;
  return { image: name, version: '', megabytes: 0, seconds, checks };
}

async function whyNot(act: () => Promise<void>): Promise<string> {
  try {
    await act();
    return '';
  } catch (error) {
    return reason(error);
  }
}

function acts(stage: Stage, series: string): readonly (readonly [string, () => Promise<void>])[] {
  const { registry } = stage;
  let digests: readonly string[] = [];
  let newer: readonly string[] = [];
  let first: Merged = { digest: '', tags: [] };
  let second = first;
  return [
    [
      'platforms are pushed by digest, without a tag',
      async () => {
        digests = await Promise.all(platforms.map(async (arch) => push(stage, arch)));
        mustBe([digests.length, await registry.tags(image)], [2, []]);
      },
    ],
    [
      'merging gives both of them the immutable tag, and no other',
      async () => {
        first = await merge(stage, { digests, series, run: '1' });
        const found = await registry.manifest(image, first.tags[0] ?? '');
        mustBe(found, { digest: first.digest, platforms });
        mustBe(await registry.tags(image), first.tags.slice(0, 1));
      },
    ],
    [
      'moving tags come last, to the same index',
      async () => {
        await moveTags(stage, first);
        mustBe(await registry.tags(image), [...first.tags].sort());
        for (const tag of first.tags) {
          mustBe((await registry.manifest(image, tag)).digest, first.digest);
        }
      },
    ],
    [
      'a later run has an immutable tag of its own, and takes the others along',
      async () => {
        newer = [await push(stage, 'amd64', 'newer'), digests[1] ?? ''];
        second = await merge(stage, { digests: newer, series, run: '2' });
        await moveTags(stage, second);
        const [old = '', ...moving] = first.tags;
        mustBe((await registry.manifest(image, old)).digest, first.digest);
        for (const tag of moving) {
          mustBe((await registry.manifest(image, tag)).digest, second.digest);
        }
        mustBe(second.tags[0] === old, false);
      },
    ],
    ['a base that has moved is found by its tag', async () => moveBase(stage, first.tags.at(-1))],
    [
      'what is old goes with what only that consists of, and the platform of two stays',
      async () => {
        const stored = listed([first, second], [...digests, ...newer]);
        await retire(stage, { image, series, stored, stays: [second.digest, ...newer] });
      },
    ],
  ];
}

/** What build-cell.sh has buildx do: the builder in an engine itself cannot push by digest. */
async function push(
  { engine, registry, folder }: Stage,
  arch: string,
  text = arch,
): Promise<string> {
  const context = join(folder, `context-${text}`);
  const layout = join(folder, `layout-${text}`);
  await mkdir(context);
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY file /\n');
  await writeFile(join(context, 'file'), text);
  const call = ['buildx', 'build', context, '--provenance=false', `--platform=linux/${arch}`];
  await engine.docker([...call, `--output=type=oci,tar=false,dest=${layout}`]);
  const { digest, config, layers } = await readLayout(layout);
  for (const one of [config, ...layers])
    await registry.putBlob(image, one, await blob(layout, one));
  await registry.putManifest(image, digest, await blob(layout, digest));
  return digest;
}

interface Merged {
  readonly digest: string;
  readonly tags: readonly string[];
}

/** As GitHub lists them, long ago; an immutable tag is all that the older one has left. */
function listed(
  [first, second]: readonly [Merged, Merged],
  platforms: readonly string[],
): readonly Stored[] {
  const old = { created: '2020-01-01T00:00:00Z', tags: [] };
  const versions = [
    { ...old, digest: first.digest, tags: first.tags.slice(0, 1) },
    { ...second, created: '2020-01-02T00:00:00Z' },
    ...[...new Set(platforms)].map((digest) => ({ ...old, digest })),
  ];
  return versions.map((one, id) => ({ ...one, id }));
}

interface Platforms {
  readonly digests: readonly string[];
  readonly series: string;
  readonly run: string;
}

async function merge(stage: Stage, { digests, series, run }: Platforms): Promise<Merged> {
  const output = join(stage.folder, `output-${run}`);
  await script(stage, 'merge-cell.sh', {
    ...{
      IMAGE: `${stage.registry.host}/${image}`,
      DIGESTS: digests.join(' '),
      GITHUB_OUTPUT: output,
    },
    ...{ SERVICE: service, SERIES: series, BRANCH: 'main', COMMIT: 'a'.repeat(40) },
    GITHUB_RUN_ID: run,
  });
  const text = await readFile(output, 'utf8');
  const digest = /^digest=(.*)$/m.exec(text)?.[1] ?? '';
  const tags = /^tags<<(\w+)\n([^]*?)\n\1$/m.exec(text)?.[2] ?? '';
  return { digest, tags: tags.split('\n') };
}

async function moveTags(stage: Stage, { digest, tags }: Merged): Promise<void> {
  const subject = `${stage.registry.host}/${image}@${digest}`;
  await script(stage, 'move-tags.sh', { SUBJECT: subject, TAGS: tags.join('\n') });
}

/** What base-freshness.yaml runs, on a Dockerfile that pins what was never there. */
async function moveBase({ engine, registry, folder }: Stage, tag = ''): Promise<void> {
  const place = join(folder, 'stale/images/python-base');
  await mkdir(place, { recursive: true });
  const name = `${registry.host}/${image}:${tag}`;
  const old = '20200101T000000Z';
  const file = join(place, 'Dockerfile');
  await writeFile(file, `FROM ${name}@sha256:${'0'.repeat(64)}\nARG APT_SNAPSHOT=${old}\n`);
  const program = join(folder, 'tools/scripts/ci/move-bases.ts');
  const call = [process.execPath, program, join(folder, 'stale')];
  const { digest } = await registry.manifest(image, tag);
  const said = await runCommand(call, { env: engine.env });
  const moved = await readFile(file, 'utf8');
  // The image is of a moment ago, so its packages are not of the beginning of the week.
  const moment = pinnedSnapshot(moved) ?? '';
  mustBe(moment > weeklySnapshot(new Date(), []), true);
  mustBe(moved, `FROM ${name}@${digest}\nARG APT_SNAPSHOT=${moment}\n`);
  const lines = [
    `${name} is now ${digest}`,
    `packages are those of ${moment}, and were those of ${old}`,
  ];
  mustBe(said, lines.map((line) => `- images/python-base: ${line}`).join('\n'));
  mustBe(await runCommand(call, { env: engine.env }), '');
}

async function script(
  { engine, folder }: Stage,
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const options = { cwd: folder, env: { ...engine.env, ...env } };
  await runCommand([join('tools/scripts/ci', name)], options);
}
