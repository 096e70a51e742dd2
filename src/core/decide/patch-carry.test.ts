import { describe, expect, it } from 'vitest';
import { patchText } from '../../../test/support/patch-queue.ts';
import { snapshotOf } from '../../../test/support/snapshot.ts';
import { readCatalog } from '../formats/catalog.ts';
import type { Catalog } from '../model/catalog.ts';
import type { CarryAnswer } from '../model/patch-carry.ts';
import type { Judgement } from '../model/patch-verdict.ts';
import { carryTable, carryTrials } from './patch-carry.ts';
import type { CarryTrial, TriedCarry } from './patch-carry.ts';
import { patchLint } from './patch-lint.ts';

const pins = {
  'releases/2025.1/source-refs.yaml': 'nova: "31.0.0"\n',
  'releases/2025.2/source-refs.yaml': 'nova: "32.0.0"\nglance: "31.0.0"\n',
  'releases/2026.1/source-refs.yaml': 'nova: "33.0.0"\n',
};
const commit = 'c'.repeat(40);
const applies: Judgement = { verdict: 'applies' };
const conflict: Judgement = { verdict: 'conflict', conflicts: [] };
const likely: Judgement = { verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] };
const proven: Judgement = {
  ...{ verdict: 'already-upstream', by: 'change-id', evidence: ['change-id'] },
  ...{ upstreamCommit: commit, upstreamSubject: 'Fix', firstTag: '33.0.0' },
};

function catalogWith(patches: Readonly<Record<string, string>>): Catalog {
  const files = Object.entries(patches).map(([path, text]) => [`patches/${path}.patch`, text]);
  const catalog = readCatalog(
    snapshotOf({ ...pins, ...(Object.fromEntries(files) as Record<string, string>) }),
  );
  expect(catalog.problems).toEqual([]);
  return catalog;
}

function shownTrial({ component, from, to, onTop, queue }: CarryTrial): string {
  const names = queue.patches.map(({ path }) => path.split('/').slice(2).join('/'));
  return `${component} ${from}>${to}${onTop ? '' : ' bare'}: ${names.join(', ')}`;
}

/** What git would say: `applies`, unless `judge` knows better. */
function tried(
  catalog: Catalog,
  judge: (path: string, trial: CarryTrial) => Judgement | undefined,
): readonly TriedCarry[] {
  return carryTrials(catalog).map((trial) => {
    const { component, from: series, queue } = trial;
    const about = { component, series, files: [] };
    const verdicts = queue.patches.map(({ path }) => {
      return { ...(judge(path, trial) ?? applies), ...about, path };
    });
    return { trial, judged: { component, series, ref: 'x', commit, verdicts } };
  });
}

function shownAnswer(answer: CarryAnswer): string {
  const what = answer.kind === 'carried' ? `carried as ${answer.as}` : answer.verdict.verdict;
  return `${answer.series} ${answer.ref} ${what}`;
}

describe('patches tried in other series', () => {
  it('are those that the other series does not carry, on top of those that it does', () => {
    const catalog = catalogWith({
      'nova/2025.2/0001-a': patchText('a', 'x'),
      'nova/2025.2/0002-b': patchText('b', 'y'),
      'nova/2026.1/0007-a': patchText('a', 'x', 'z'),
      'glance/2025.2/0001-only-here': patchText('c', 'x'),
    });
    expect(carryTrials(catalog).map(shownTrial)).toEqual([
      'nova 2025.2>2025.1: 2025.2/0001-a.patch, 2025.2/0002-b.patch',
      'nova 2025.2>2026.1: 2026.1/0007-a.patch, 2025.2/0002-b.patch',
      'nova 2026.1>2025.1: 2026.1/0007-a.patch',
    ]);
  });

  it('are tried alone too where the other series carries something for the same files', () => {
    const catalog = catalogWith({
      'nova/2025.2/0001-a': patchText('a', 'x'),
      'nova/2026.1/0001-b': patchText('b', 'x'),
    });
    expect(carryTrials(catalog).map(shownTrial)).toEqual([
      'nova 2025.2>2025.1: 2025.2/0001-a.patch',
      'nova 2025.2>2026.1: 2026.1/0001-b.patch, 2025.2/0001-a.patch',
      'nova 2025.2>2026.1 bare: 2025.2/0001-a.patch',
      'nova 2026.1>2025.1: 2026.1/0001-b.patch',
      'nova 2026.1>2025.2: 2025.2/0001-a.patch, 2026.1/0001-b.patch',
      'nova 2026.1>2025.2 bare: 2026.1/0001-b.patch',
    ]);
  });

  it('are none where nothing is pinned', () => {
    const catalog = catalogWith({ 'cinder/2025.2/0001-a': patchText('a', 'x') });
    expect(carryTrials(catalog)).toEqual([]);
    expect(carryTable(catalog, [])).toEqual([]);
  });
});

describe('the carry-forward table', () => {
  it('has a line for every patch, with every other series that pins its component', () => {
    const catalog = catalogWith({
      'nova/2025.2/0001-a': patchText('a', 'x'),
      'nova/2026.1/0007-a': patchText('a', 'x', 'z'),
      'glance/2025.2/0001-only-here': patchText('c', 'x'),
    });
    const trials = tried(catalog, (path) => (path.includes('0007') ? conflict : undefined));
    expect(
      carryTable(catalog, trials).map(({ path, on }) => [path, ...on.map(shownAnswer)]),
    ).toEqual([
      ['patches/glance/2025.2/0001-only-here.patch'],
      [
        'patches/nova/2025.2/0001-a.patch',
        '2025.1 31.0.0 applies',
        '2026.1 33.0.0 carried as patches/nova/2026.1/0007-a.patch',
      ],
      [
        'patches/nova/2026.1/0007-a.patch',
        '2025.1 31.0.0 conflict',
        '2025.2 32.0.0 carried as patches/nova/2025.2/0001-a.patch',
      ],
    ]);
  });

  it('leaves out what could not be tried', () => {
    const catalog = catalogWith({ 'nova/2025.2/0001-a': patchText('a', 'x') });
    const trials = tried(catalog, () => undefined).filter(({ trial }) => trial.to !== '2025.1');
    const [patch] = carryTable(catalog, trials);
    expect(patch?.on.map(shownAnswer)).toEqual(['2026.1 33.0.0 applies']);
  });

  const neighbours = {
    'nova/2025.2/0001-a': patchText('a', 'x'),
    'nova/2026.1/0001-b': patchText('b', 'x'),
  };

  interface Case {
    readonly when: string;
    readonly onTop: Judgement;
    readonly bare: Judgement;
    readonly answer: string;
  }
  const cases: readonly Case[] = [
    { when: 'only with its patches', onTop: likely, bare: applies, answer: '0001-b.patch' },
    { when: 'without them too', onTop: likely, bare: likely, answer: 'already-upstream' },
    { when: 'though they hide it', onTop: conflict, bare: likely, answer: 'already-upstream' },
    { when: 'by its history', onTop: proven, bare: conflict, answer: 'already-upstream' },
    { when: 'neither way', onTop: applies, bare: conflict, answer: 'applies' },
  ];

  it.each(cases)('knows a source that has the change $when', ({ onTop, bare, answer }) => {
    const catalog = catalogWith(neighbours);
    const trials = tried(catalog, (path, trial) => {
      if (!path.includes('0001-a') || trial.to !== '2026.1') return undefined;
      return trial.onTop ? onTop : bare;
    });
    const [patch] = carryTable(catalog, trials);
    expect(patch?.on.map(shownAnswer)[1]).toContain(answer);
  });

  it('says nothing where it cannot tell a source from the patches on it', () => {
    const catalog = catalogWith(neighbours);
    const trials = tried(catalog, () => likely).filter(({ trial }) => trial.onTop);
    const [patch] = carryTable(catalog, trials);
    expect(patch?.on.map(shownAnswer)).toEqual(['2025.1 31.0.0 already-upstream']);
  });
});

describe('a fix that siblings lack', () => {
  function notes(catalog: Catalog, trials: readonly TriedCarry[]): readonly string[] {
    return patchLint(catalog, carryTable(catalog, trials))
      .filter(({ code }) => code === 'patch-not-in-sibling')
      .map(({ message, remedy }) => `${message}; ${remedy}`);
  }

  it('is reported without those whose source has it', () => {
    const catalog = catalogWith({ 'nova/2025.2/0001-a': patchText('a', 'x') });
    expect(notes(catalog, [])).toEqual([
      'nova: 2025.2 carries 0001-a.patch, and 2025.1 and 2026.1 do not; carry it in 2025.1 and 2026.1 as well, unless the source there has it',
    ]);
    const upstream = tried(catalog, (_, { to }) => (to === '2026.1' ? proven : undefined));
    expect(notes(catalog, upstream)).toEqual([
      'nova: 2025.2 carries 0001-a.patch, and 2025.1 does not; carry it in 2025.1 as well',
    ]);
    expect(
      notes(
        catalog,
        tried(catalog, () => likely),
      ),
    ).toEqual([]);
  });

  it('is known from any copy of it', () => {
    const catalog = catalogWith({
      'nova/2025.2/0001-a': patchText('a', 'x'),
      'nova/2026.1/0001-a': patchText('a', 'x', 'y'),
    });
    expect(notes(catalog, [])[0]).toContain('2025.2 and 2026.1 carry 0001-a.patch, and 2025.1');
    const upstream = tried(catalog, (path) => (path.includes('2025.2') ? proven : undefined));
    expect(notes(catalog, upstream)).toEqual([]);
  });
});
