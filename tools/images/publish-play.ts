import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../scripts/command.ts';
import { Unavailable } from './debian.ts';
import type { Engine } from './engine.ts';
import type { Result } from './cell.ts';
import { skippedResult } from './cell.ts';
import { blob, readLayout } from './layers.ts';
import { startRegistry } from './registry.ts';
import type { Registry } from './registry.ts';
import { listed, retire } from './retention-play.ts';
import type { Merged } from './retention-play.ts';
import { mustBe, reason } from './smoke.ts';
import type { Check } from './smoke.ts';

interface Stage {
  readonly engine: Engine;
  readonly registry: Registry;
  /** As a job of the workflow has it: `tools` and `repository` below. */
  readonly folder: string;
  /** Of the images repository: one, and the one after it. */
  readonly commits: readonly [string, string];
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
    await symlink(repo, join(folder, 'tools'));
    const commits = await twoCommits(repo, join(folder, 'repository'));
    for (const [check, act] of acts({ engine, registry, folder, commits }, series)) {
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

/** A clone of the repository with one commit more, so that one is later than the other. */
async function twoCommits(repo: string, clone: string): Promise<readonly [string, string]> {
  await runCommand(['git', 'clone', '--quiet', '--shared', repo, clone]);
  async function git(...words: readonly string[]): Promise<string> {
    return runCommand(['git', '-C', clone, ...words]);
  }
  const older = await git('rev-parse', 'HEAD');
  const who = ['-c', 'user.name=play', '-c', 'user.email=play@localhost'];
  await git(...who, 'commit', '--quiet', '--allow-empty', '--message=later');
  return [older, await git('rev-parse', 'HEAD')];
}

async function whyNot(act: () => Promise<void>): Promise<string> {
  try {
    await act();
    return '';
  } catch (error) {
    return reason(error);
  }
}

type NamedAct = readonly [string, () => Promise<void>];

/** What the acts find, one after the other. */
interface Seen {
  /** Of platforms. */
  digests: readonly string[];
  newer: readonly string[];
  first: Merged;
  second: Merged;
}

function acts(stage: Stage, series: string): readonly NamedAct[] {
  const none = { digest: '', tags: [] };
  const seen: Seen = { digests: [], newer: [], first: none, second: none };
  return [...firstRun(stage, series, seen), ...laterRuns(stage, series, seen)];
}

function firstRun(stage: Stage, series: string, seen: Seen): readonly NamedAct[] {
  const { registry } = stage;
  const [commit] = stage.commits;
  return [
    [
      'platforms are pushed by digest, without a tag',
      async () => {
        seen.digests = await Promise.all(platforms.map(async (arch) => push(stage, arch)));
        mustBe([seen.digests.length, await registry.tags(image)], [2, []]);
      },
    ],
    [
      'merging gives both of them the immutable tag, and no other',
      async () => {
        seen.first = await merge(stage, { digests: seen.digests, series, run: '1', commit });
        const found = await registry.manifest(image, seen.first.tags[0] ?? '');
        mustBe(found, { digest: seen.first.digest, platforms });
        mustBe(await registry.tags(image), seen.first.tags.slice(0, 1));
      },
    ],
    [
      'moving tags come last, to the same index',
      async () => {
        await moveTags(stage, seen.first, commit);
        mustBe(await registry.tags(image), [...seen.first.tags].sort());
        for (const tag of seen.first.tags) {
          mustBe((await registry.manifest(image, tag)).digest, seen.first.digest);
        }
      },
    ],
  ];
}

function laterRuns(stage: Stage, series: string, seen: Seen): readonly NamedAct[] {
  const { registry } = stage;
  const [older, later] = stage.commits;
  return [
    [
      'a later run has an immutable tag of its own, and takes the others along',
      async () => {
        seen.newer = [await push(stage, 'amd64', 'newer'), seen.digests[1] ?? ''];
        seen.second = await merge(stage, { digests: seen.newer, series, run: '2', commit: later });
        await moveTags(stage, seen.second, later);
        for (const tag of seen.first.tags) {
          const { digest } = seen.second.tags.includes(tag) ? seen.second : seen.first;
          mustBe((await registry.manifest(image, tag)).digest, digest);
        }
        mustBe(
          [seen.first.tags[0], series].map((tag) => seen.second.tags.includes(tag ?? '')),
          [false, true],
        );
      },
    ],
    [
      'a run that ends last with the older commit leaves the tags of the later one alone',
      async () => {
        const late = await merge(stage, { digests: seen.digests, series, run: '3', commit: older });
        await moveTags(stage, late, older);
        for (const tag of seen.second.tags) {
          mustBe((await registry.manifest(image, tag)).digest, seen.second.digest);
        }
      },
    ],
    [
      'a base that has moved is found by its tag',
      async () => moveBase(stage, seen.first.tags.at(-1)),
    ],
    [
      'what is old goes with what only that consists of, and the platform of two stays',
      async () => {
        const stored = listed([seen.first, seen.second], [...seen.digests, ...seen.newer]);
        await retire(stage, { image, series, stored, stays: [seen.second.digest, ...seen.newer] });
      },
    ],
    [
      'an image that two series share has the tags of both',
      async () => {
        const shared = { digests: seen.newer, series, run: '4', commit: later, shared: '2025.2' };
        const { tags } = await merge(stage, shared);
        mustBe(
          [series, '2025.2'].map((tag) => tags.includes(tag)),
          [true, true],
        );
        mustBe(new Set(tags).size, 2 * seen.second.tags.length);
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

interface Platforms {
  readonly digests: readonly string[];
  readonly series: string;
  readonly run: string;
  readonly commit: string;
  readonly shared?: string;
}

async function merge(
  stage: Stage,
  { digests, series, run, commit, shared = '' }: Platforms,
): Promise<Merged> {
  const output = join(stage.folder, `output-${run}`);
  await script(stage, 'merge-cell.sh', {
    ...{
      IMAGE: `${stage.registry.host}/${image}`,
      DIGESTS: digests.join(' '),
      GITHUB_OUTPUT: output,
    },
    ...{ SERVICE: service, SERIES: series, SHARED: shared, GITHUB_RUN_ID: run },
    ...{ BRANCH: 'main', DEFAULT_BRANCH: 'main', COMMIT: commit },
  });
  const text = await readFile(output, 'utf8');
  const digest = /^digest=(.*)$/m.exec(text)?.[1] ?? '';
  const tags = /^tags<<(\w+)\n([^]*?)\n\1$/m.exec(text)?.[2] ?? '';
  return { digest, tags: tags.split('\n') };
}

async function moveTags(stage: Stage, { digest, tags }: Merged, commit: string): Promise<void> {
  const subject = `${stage.registry.host}/${image}@${digest}`;
  await script(stage, 'move-tags.sh', {
    ...{ SUBJECT: subject, TAGS: tags.join('\n'), COMMIT: commit },
  });
}

/** What base-freshness.yaml runs, on a Dockerfile that pins what was never there. */
async function moveBase({ engine, registry, folder }: Stage, tag = ''): Promise<void> {
  const place = join(folder, 'stale/images/python-base');
  await mkdir(place, { recursive: true });
  const from = `FROM ${registry.host}/${image}:${tag}@`;
  const file = join(place, 'Dockerfile');
  await writeFile(file, `${from}sha256:${'0'.repeat(64)}\n`);
  const program = join(folder, 'tools/scripts/ci/move-bases.ts');
  const call = [process.execPath, program, join(folder, 'stale')];
  const { digest } = await registry.manifest(image, tag);
  const said = [await runCommand(call, { env: engine.env }), await readFile(file, 'utf8')];
  const name = `${registry.host}/${image}:${tag}`;
  mustBe(said, [`- images/python-base: ${name} is now ${digest}`, `${from}${digest}\n`]);
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
