import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshotFile, snapshotOf } from '../../../test/support/snapshot.ts';
import type { SnapshotFile } from '../model/snapshot.ts';
import { readCatalog } from './catalog.ts';
import { readPins } from './catalog-pins.ts';

const repository = {
  '.github/pinwheel.yml':
    'components:\n  ovn: {upstream: "https://github.com/ovn-org/ovn", build: autotools, tag: "v{version}"}\n',
  'README.md': snapshotFile(Buffer.of(0xff), 'file'),
  'images/README.md': 'not an image\n',
  'images/nova/Dockerfile': 'FROM python-base\nCOPY --from=source / /\n',
  'images/nova/bin/run': snapshotFile('#!/bin/sh\n', 'executable'),
  'images/nova/bindep.txt': 'qemu-utils\n',
  'images/python-base/Dockerfile': 'FROM ubuntu:noble\n',
  'images/shared/helper.sh': 'no Dockerfile here\n',
  'releases/README.md': 'not a series\n',
  'releases/2026.1/source-refs.yaml': 'nova: "33.0.2"\n',
  'releases/2025.2/source-refs.yaml': 'ovn: "v25.09.4"\nnova: "32.2.1"\noslo.messaging: "17.1.0"\n',
  'releases/2025.2/upper-constraints.txt': 'PyMySQL===1.1.2\n',
  'releases/2025.2/extra-packages.yaml': 'nova: {pip_packages: [uwsgi]}\n',
  'overrides/2025.2/constraints.txt': 'uwsgi===2.0.30\n',
  'patches/nova/2025.2/0010-b.patch': 'Subject: [PATCH] b\n\n---\n',
  'patches/nova/2025.2/0002-ä.patch': 'Subject: [PATCH] a\n\n---\n',
  'patches/nova/2025.2/README.md': 'not a patch\n',
};

describe('the catalog of a repository', () => {
  const catalog = readCatalog(snapshotOf(repository));

  it('has no problems where everything is right', () => {
    expect(catalog.problems).toEqual([]);
    expect(catalog).not.toHaveProperty('warnings');
  });

  it('has the same pins without a look into images and patches', () => {
    const bad = {
      'images/Bad Name/Dockerfile': 'FROM scratch\n',
      'images/nova/Dockerfile': 'FROM nova\n',
      'releases/2026.1/source-refs.yaml': 'nova: 33.0\n',
    };
    const snapshot = snapshotOf({ ...repository, ...bad });
    const whole = readCatalog(snapshot);
    expect(readPins(snapshot)).toEqual({
      ...whole,
      images: new Map(),
      series: whole.series.map((series) => ({ ...series, queues: new Map() })),
      problems: whole.problems.filter(({ code }) => code !== 'dockerfile-cycle'),
    });
    expect(whole.problems.map(({ file }) => file)).toEqual([...Object.keys(bad)]);
  });

  it('has every pinned component, with its kind and what the policy says of it', () => {
    expect([...catalog.components]).toEqual([
      ['nova', { name: 'nova', kind: 'service', build: 'python', tag: '{version}' }],
      [
        'oslo.messaging',
        { name: 'oslo.messaging', kind: 'library', build: 'python', tag: '{version}' },
      ],
      [
        'ovn',
        {
          ...{ name: 'ovn', kind: 'library', build: 'autotools', tag: 'v{version}' },
          upstream: 'https://github.com/ovn-org/ovn',
        },
      ],
    ]);
  });

  it('has the series, oldest first, with all their files', () => {
    expect(catalog.series.map(({ id }) => id)).toEqual(['2025.2', '2026.1']);
    const [flamingo, gazpacho] = catalog.series;
    expect(flamingo?.pins.map(({ component, line }) => `${component} ${line}`)).toEqual([
      ...['ovn 1', 'nova 2', 'oslo.messaging 3'],
    ]);
    expect(flamingo?.constraints?.entries[0]?.key).toBe('pymysql');
    expect(flamingo?.overrides?.entries[0]?.key).toBe('uwsgi');
    expect(flamingo?.extras.get('nova')?.pipPackages).toEqual(['uwsgi']);
    expect(gazpacho).toEqual({
      id: '2026.1',
      pins: [expect.objectContaining({ component: 'nova' })],
      extras: new Map(),
      queues: new Map(),
    });
  });

  it('has the patches of a queue in the order of their names', () => {
    const queue = catalog.series[0]?.queues.get('nova');
    expect(queue).toMatchObject({ component: 'nova', series: '2025.2' });
    expect(queue?.patches.map(({ name, header }) => `${name}: ${header.subject ?? ''}`)).toEqual([
      ...['0002-ä.patch: a', '0010-b.patch: b'],
    ]);
    const bytes = repository['patches/nova/2025.2/0010-b.patch'];
    expect(queue?.patches[1]?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('has the images with their files', () => {
    expect([...catalog.images.keys()]).toEqual(['nova', 'python-base']);
    const nova = catalog.images.get('nova');
    expect(nova).toMatchObject({ bases: ['python-base'], external: [], contexts: ['source'] });
    expect(nova?.files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      ...['file Dockerfile', 'executable bin/run', 'file bindep.txt'],
    ]);
    expect(nova?.files[2]?.sha256).toBe(createHash('sha256').update('qemu-utils\n').digest('hex'));
  });

  it('is the same whatever the order of the files', () => {
    const turned = Object.fromEntries(Object.entries(repository).reverse());
    expect(readCatalog(snapshotOf(turned))).toEqual(catalog);
  });

  it('can be empty', () => {
    expect(readCatalog(snapshotOf({}))).toMatchObject({ problems: [], series: [] });
  });
});

describe('the images repository beside this program', () => {
  const root = join(import.meta.dirname, '../../..');

  it('can be read', () => {
    const catalog = readCatalog({ files: new Map(filesBelow(root)) });
    expect(catalog.problems).toEqual([]);
    expect(catalog.images.get('nova')?.bases).toContain('python-base');
    expect(catalog.series.length).toBeGreaterThan(1);
  });

  function filesBelow(folder: string): (readonly [string, SnapshotFile])[] {
    return ['images', 'releases', 'patches', 'overrides'].flatMap((top) =>
      readdirSync(join(folder, top), { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, top, name))
        .filter((path) => statSync(path).isFile())
        .map((path) => [relative(folder, path), snapshotFile(readFileSync(path), 'file')] as const),
    );
  }
});
