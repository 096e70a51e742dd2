import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { readCatalog } from '../src/core/formats/catalog.ts';
import { writeLock } from '../src/core/formats/lock.ts';
import { constraintsPath, extrasPath, lockPath } from '../src/core/model/catalog.ts';
import { overridesPath, sourceRefsPath } from '../src/core/model/catalog.ts';
import type { Catalog } from '../src/core/model/catalog.ts';
import { refText } from '../src/core/model/source-ref.ts';
import type { Snapshot } from '../src/core/model/snapshot.ts';
import { project } from './process.ts';
import { constraintTexts } from './data.ts';

export interface Size {
  readonly services: number;
  readonly series: number;
}

const libraries = ['oslo.messaging', 'oslo.db', 'keystonemiddleware'];
/** One service in so many carries patches. */
const patchedEvery = 10;

/** An images repository like this one and larger: its services are nova under other names. */
export async function generateRepository(size: Size): Promise<Snapshot> {
  const texts = new Map<string, string>();
  const names = Array.from(
    { length: size.services },
    (_, n) => `service-${`${n}`.padStart(3, '0')}`,
  );
  await addImages(texts, names);
  for (const [id, constraints] of [...constraintTexts()].slice(-size.series)) {
    texts.set(constraintsPath(id), constraints);
    texts.set(overridesPath(id), 'uwsgi===2.0.31\nsetuptools===80.10.2\npyasn1===0.6.4\n');
    texts.set(sourceRefsPath(id), sourceRefs(names));
    texts.set(extrasPath(id), extras(names));
    for (const name of names.filter((_, n) => n % patchedEvery === 0)) addPatch(texts, name, id);
  }
  const unlocked = snapshotOf(texts);
  for (const [path, text] of locks(readCatalog(unlocked))) texts.set(path, text);
  return snapshotOf(texts);
}

/** Writes a snapshot's files below a folder. */
export async function writeSnapshot(folder: string, { files }: Snapshot): Promise<void> {
  for (const [path, { bytes }] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
}

async function addImages(texts: Map<string, string>, names: readonly string[]): Promise<void> {
  for (const base of ['python-base', 'venv-builder', 'nova']) {
    const folder = join(project, 'images', base);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const text = await readFile(file, 'utf8');
      const path = file.slice(folder.length + 1);
      if (base !== 'nova') texts.set(`images/${base}/${path}`, text);
      else
        for (const name of names)
          texts.set(`images/${name}/${path}`, text.replaceAll('nova', name));
    }
  }
}

function sourceRefs(names: readonly string[]): string {
  const lines = names.map((name, n) => `${name}: "${20 + (n % 13)}.${n % 3}.1"  # tag\n`);
  return [...lines, ...libraries.map((name) => `${name}: "17.1.0"  # tag\n`)].join('');
}

function extras(names: readonly string[]): string {
  return names.map((name) => `${name}:\n  pip_packages: [PyMySQL, pymemcache, uwsgi]\n`).join('');
}

function addPatch(texts: Map<string, string>, component: string, id: string): void {
  const lines = [
    `From ${fakeCommit(component)} Mon Sep 17 00:00:00 2001`,
    'From: A Maintainer <maintainer@example.org>',
    'Date: Mon, 1 Jun 2026 09:00:00 +0000',
    `Subject: [PATCH] Keep ${component} as it is`,
    ...['', '---', '--- a/setup.cfg', '+++ b/setup.cfg', '@@ -1 +1 @@', '-[old]', '+[new]', ''],
  ];
  texts.set(`patches/${component}/${id}/0001-keep-it.patch`, lines.join('\n'));
}

/** Locks that say what the pins say, so that a plan needs nobody but itself. */
function locks(catalog: Catalog): readonly (readonly [path: string, text: string])[] {
  const external = [...catalog.images.values()].flatMap((image) => image.external);
  const digest = `sha256:${createHash('sha256').update('base').digest('hex')}`;
  return catalog.series.map((one) => {
    const components = one.pins.map(({ component, ref }) => {
      const version = refText(ref);
      const entry = { component, ref: version, commit: fakeCommit(component + one.id), version };
      return [component, entry] as const;
    });
    const text = writeLock({
      series: one.id,
      python: catalog.policy.python,
      components: new Map(components),
      baseImages: new Map(external.map((image) => [image.reference, image.digest ?? digest])),
    });
    return [lockPath(one.id), text] as const;
  });
}

function fakeCommit(words: string): string {
  return createHash('sha1').update(words).digest('hex');
}

function snapshotOf(texts: ReadonlyMap<string, string>): Snapshot {
  const files = [...texts].map(
    ([path, text]) => [path, { mode: 'file', bytes: Buffer.from(text) }] as const,
  );
  return { files: new Map(files) };
}
