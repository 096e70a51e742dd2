import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { createGitReader } from '../git/mirror.ts';
import { loadTagSeries, storeTagSeries } from './tag-series-cache.ts';
import { createUpstream } from './upstream.ts';

let root = '';
let cacheDir = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-tag-series-'));
  cacheDir = join(root, 'cache');
});

afterEach(() => rm(root, { recursive: true }));

describe('what tag objects say of their series', () => {
  const series = new Map([
    ['a'.repeat(40), 'flamingo'],
    ['b'.repeat(40), ''],
  ]);

  it('is kept, also that one says nothing', async () => {
    expect(await loadTagSeries(cacheDir)).toEqual(new Map());
    await storeTagSeries(cacheDir, series);
    expect(await loadTagSeries(cacheDir)).toEqual(series);
    expect(await readdir(cacheDir)).toEqual(['tag-series.cache']);
  });

  it.each([
    ['that was cut off', (text: string) => text.slice(0, -1)],
    ['of which a letter changed', (text: string) => text.replace('flamingo', 'epoxyooo')],
    ['of another format', (text: string) => text.replace(' 1\n', ' 0\n')],
    ['that is empty', () => ''],
  ])('is forgotten with a file %s', async (_, damage) => {
    await storeTagSeries(cacheDir, series);
    const file = join(cacheDir, 'tag-series.cache');
    await writeFile(file, damage(await readFile(file, 'utf8')));
    expect(await loadTagSeries(cacheDir)).toEqual(new Map());
  });

  it('is not kept where nothing can be written, and that is no failure', async () => {
    await writeFile(cacheDir, 'a file where the folder should be');
    await storeTagSeries(cacheDir, series);
    expect(await loadTagSeries(cacheDir)).toEqual(new Map());
  });

  it('is kept for the latest few thousand', async () => {
    const ids = Array.from({ length: 5001 }, (_, n) => n.toString(16).padStart(40, '0'));
    await storeTagSeries(cacheDir, new Map(ids.map((id) => [id, 'zed'])));
    const kept = await loadTagSeries(cacheDir);
    expect([kept.size, kept.has(ids[0]!), kept.has(ids[5000]!)]).toEqual([5000, false, true]);
  });

  it('is not asked for a second time: the repository may be gone', async () => {
    const repository = join(root, 'nova');
    const message = 'nova 32.0.0\n\nmeta:series: flamingo\n';
    await makeUpstream(repository, {
      branches: [{ name: 'master', commits: [{ message: 'Start', label: 'start', files: {} }] }],
      tags: [
        { name: '32.0.0', target: 'start', message },
        { name: 'light', target: 'start' },
      ],
    });
    const url = `file://${repository}`;
    const git = createGitReader({ cacheDir: join(root, 'mirrors'), deadlineMs: 10_000 });
    const { tags } = await git.listRefs(url, ['refs/tags/']);
    const requests = [...tags].map(([tag, { object }]) => ({
      component: 'nova',
      url,
      tag,
      object,
    }));
    const first = await readMetas();
    await rm(repository, { recursive: true });
    await rm(join(root, 'mirrors'), { recursive: true });
    expect(await readMetas()).toEqual(first);
    expect(first).toContainEqual({ component: 'nova', tag: '32.0.0', seriesName: 'flamingo' });
    expect(first).toContainEqual({ component: 'nova', tag: 'light' });

    async function readMetas() {
      const upstream = createUpstream({ templates: ['file:///{component}'], cacheDir, git });
      const metas = await upstream.tagMetas(requests);
      upstream.close();
      return metas;
    }
  });
});
