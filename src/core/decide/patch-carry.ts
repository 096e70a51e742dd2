import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import type { PatchFile, PatchQueue } from '../model/patch.ts';
import type { CarriedPatch, CarryAnswer } from '../model/patch-carry.ts';
import { touchedPaths } from '../model/patch-content.ts';
import type { JudgedQueue, PatchVerdict } from '../model/patch-verdict.ts';
import { refText } from '../model/source-ref.ts';
import { fixesOf, seriesWith } from './patch-fixes.ts';
import type { Fix } from './patch-fixes.ts';

/** Patches of one series to be tried on what another series pins. */
export interface CarryTrial {
  readonly component: string;
  readonly from: string;
  readonly to: string;
  /**
   * On top of the patches that the other series carries, for that is where a copy would stand. Bare
   * besides where these touch the same files: only so can one tell its source from its patches.
   */
  readonly onTop: boolean;
  readonly queue: PatchQueue;
}

/** A trial with its verdicts. */
export interface TriedCarry {
  readonly trial: CarryTrial;
  readonly judged: JudgedQueue;
}

/** Which patches to try on which other series: those that it does not carry. */
export function carryTrials({ series }: Pick<Catalog, 'series'>): readonly CarryTrial[] {
  return ways(series).flatMap(({ component, from, to, fixes }) => {
    const patches = patchesOf(from, component).filter((patch) => !carriedAs(patch, to, fixes));
    if (patches.length === 0) return [];
    const own = patchesOf(to, component);
    const way = { component, from: from.id, to: to.id };
    const queue = { component, series: from.id };
    const bare = patches.some((patch) => touching(patch, own) !== undefined);
    return [
      { ...way, onTop: true, queue: { ...queue, patches: [...own, ...patches] } },
      ...(bare ? [{ ...way, onTop: false, queue: { ...queue, patches } }] : []),
    ];
  });
}

/** Every carried patch with what is known of it in the other series that pin its component. */
export function carryTable(
  { series }: Pick<Catalog, 'series'>,
  tried: readonly TriedCarry[],
): readonly CarriedPatch[] {
  const all = ways(series);
  const known = new Map(tried.map(({ trial, judged }) => [keyOf(trial), judged]));
  return series.flatMap((from) =>
    [...from.queues].flatMap(([component, { patches }]) => {
      // Of a component that nothing pins, the repository's own findings tell.
      if (seriesWith(component, series).length === 0) return [];
      const others = all.filter((way) => way.component === component && way.from === from);
      return patches.map((patch) => ({
        ...{ component, path: patch.path, series: from.id },
        on: others.flatMap((way) => answer(patch, way, known) ?? []),
      }));
    }),
  );
}

/** From one series that carries patches of a component to another that pins it. */
interface Way {
  readonly component: string;
  readonly from: SeriesCatalog;
  readonly to: SeriesCatalog;
  readonly fixes: readonly Fix[];
}

function ways(series: readonly SeriesCatalog[]): readonly Way[] {
  const components = new Set(series.flatMap(({ queues }) => [...queues.keys()]));
  return [...components].flatMap((component) => {
    const fixes = fixesOf(component, series);
    const pinning = seriesWith(component, series);
    return series
      .filter(({ queues }) => queues.has(component))
      .flatMap((from) =>
        pinning.filter((to) => to !== from).map((to) => ({ component, from, to, fixes })),
      );
  });
}

function answer(
  patch: PatchFile,
  { component, from, to, fixes }: Way,
  known: ReadonlyMap<string, JudgedQueue>,
): CarryAnswer | undefined {
  const pin = to.pins.find((one) => one.component === component);
  const ref = pin ? refText(pin.ref) : '';
  const same = carriedAs(patch, to, fixes);
  if (same) return { kind: 'carried', series: to.id, ref, as: same.path };
  const way = { component, from: from.id, to: to.id };
  const above = known.get(keyOf({ ...way, onTop: true }));
  const onTop = above?.verdicts.find(({ path }) => path === patch.path);
  if (!above || !onTop) return undefined;
  const there = { series: to.id, ref, commit: above.commit };
  const neighbour = touching(patch, patchesOf(to, component));
  if (!neighbour) return { kind: 'tried', ...there, verdict: onTop };
  const below = known.get(keyOf({ ...way, onTop: false }));
  const bare = below?.verdicts.find(({ path }) => path === patch.path);
  if (bare?.verdict === 'already-upstream') return { kind: 'tried', ...there, verdict: bare };
  if (!isContentAlone(onTop)) return { kind: 'tried', ...there, verdict: onTop };
  return bare && { kind: 'carried', series: to.id, ref, as: neighbour.path };
}

/** Upstream, and nothing but the files themselves says so: the patches carried there may have made them so. */
function isContentAlone(verdict: PatchVerdict): boolean {
  return verdict.verdict === 'already-upstream' && verdict.upstreamCommit === undefined;
}

function carriedAs(
  patch: PatchFile,
  to: SeriesCatalog,
  fixes: readonly Fix[],
): PatchFile | undefined {
  const fix = fixes.find(({ carried }) => carried.some((one) => one.patch === patch));
  return fix?.carried.find(({ series }) => series === to.id)?.patch;
}

/** The last of some patches that touches a file of another. */
function touching(patch: PatchFile, others: readonly PatchFile[]): PatchFile | undefined {
  const paths = new Set(touchedPaths(patch.content.value));
  return others.findLast(({ content }) => touchedPaths(content.value).some((p) => paths.has(p)));
}

function patchesOf({ queues }: SeriesCatalog, component: string): readonly PatchFile[] {
  return queues.get(component)?.patches ?? [];
}

function keyOf({ component, from, to, onTop }: Omit<CarryTrial, 'queue'>): string {
  return [component, from, to, onTop].join(' ');
}
