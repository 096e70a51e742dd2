import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { compareVersions, parseVersion } from '../../src/core/model/version.ts';
import { imagesRepository } from '../support/pinwheel.ts';
import { makeRealUpstreams, realUpstreamsCache } from '../support/real-upstreams.ts';
import { clonesTemplate, describeWithUpstreamData } from '../support/upstream-data.ts';

/** The three series that are maintained in the data. */
const seriesNames = { '2025.1': 'epoxy', '2025.2': 'flamingo', '2026.1': 'gazpacho' } as const;

interface UpdateOutput {
  readonly moves: readonly { series: string; component: string; from: string; to: string }[];
  readonly held: readonly {
    series: string;
    component: string;
    version?: string;
    code: string;
    reason: string;
  }[];
  readonly failed: readonly object[];
}

/** What a component's deliverable lists for a series, finals in order of version; read without any of our readers. */
function listedFinals(data: string, series: keyof typeof seriesNames) {
  const folder = join(data, 'releases', 'deliverables', seriesNames[series]);
  const finals = new Map<string, readonly string[]>();
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    const { releases = [] } = parse(text) as {
      releases?: { version: string | number; projects: { repo: string }[] }[];
    };
    const repository = releases[0]?.projects[0]?.repo.split('/')[1];
    const versions = releases
      .map(({ version }) => `${version}`)
      .filter((version) => /^\d+(\.\d+)+$/.test(version));
    const sorted = versions.sort((a, b) => compareVersions(parseVersion(a)!, parseVersion(b)!));
    if (repository !== undefined && sorted.length > 0) finals.set(repository, sorted);
  }
  return finals;
}

/** The tags that a repository has; horizon has no ref list, and there every listed version is tagged. */
function tagsOf(data: string, component: string, listed: readonly string[]): ReadonlySet<string> {
  const file = join(data, 'ls-remote', `${component}.txt`);
  if (!existsSync(file)) return new Set(listed);
  const tags = readFileSync(file, 'utf8').matchAll(/\trefs\/tags\/([^\s^]+)$/gm);
  return new Set([...tags].map(([, tag]) => tag ?? ''));
}

describeWithUpstreamData('update over the real tags and deliverables', (data) => {
  it('moves every first final to the newest one of its series that has a tag, and explains the rest', async () => {
    const template = clonesTemplate ?? `${await makeRealUpstreams(realUpstreamsCache)}/{component}`;
    const files: Record<string, string> = {};
    const expected = new Map<string, string | undefined>();
    for (const series of Object.keys(seriesNames) as (keyof typeof seriesNames)[]) {
      const lines: string[] = [];
      for (const [component, finals] of listedFinals(data, series)) {
        const [first = ''] = finals;
        lines.push(`${component}: "${first}"\n`);
        const tags = tagsOf(data, component, finals);
        const newest = finals.filter((version) => tags.has(version)).at(-1);
        expected.set(`${series} ${component}`, newest === first ? undefined : newest);
      }
      files[`releases/${series}/source-refs.yaml`] = lines.join('');
    }
    const bench = await imagesRepository(files, template);
    const { moves, held, failed } = await bench.json<UpdateOutput>('update');
    expect(failed).toEqual([]);
    expect(expected.size).toBe(36);

    const moved = new Map(moves.map(({ series, component, to }) => [`${series} ${component}`, to]));
    for (const [cell, target] of expected) expect([cell, moved.get(cell)]).toEqual([cell, target]);

    const explained = new Set(
      [...moves, ...held].map(({ series, component }) => `${series} ${component}`),
    );
    expect([...expected.keys()].filter((cell) => !explained.has(cell))).toEqual([]);
    expect(held).toContainEqual(
      expect.objectContaining({
        series: '2025.1',
        component: 'oslo.messaging',
        version: '16.1.2',
        code: 'not-tagged',
      }),
    );

    const first = await bench.run('update', '--write');
    expect(first).toMatchObject({ code: 0 });
    const after = await bench.read('releases/2025.2/source-refs.yaml');
    const second = await bench.json<UpdateOutput & { written: readonly string[] }>(
      'update',
      '--write',
    );
    expect(second).toMatchObject({ moves: [], written: [] });
    expect(await bench.read('releases/2025.2/source-refs.yaml')).toBe(after);
  });
});
