import { createHash } from 'node:crypto';
import type { Finding, Parsed } from '../model/finding.ts';
import type { PatchFile, PatchQueue } from '../model/patch.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareBytes, pathsBelow } from './catalog-files.ts';
import { componentName, seriesId } from './names.ts';
import { readPatch } from './patch-content.ts';
import { readPatchHeader } from './patch-header.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';

/** The header of a patch ends long before; what follows may be in any encoding. */
const headBytes = 64 * 1024;

/** Reads patches/<component>/<series>/*.patch: queues by series and component. */
export function readQueues(
  snapshot: Snapshot,
): Parsed<ReadonlyMap<string, ReadonlyMap<string, PatchQueue>>> {
  const queues = new Map<string, Map<string, PatchQueue>>();
  const all = pathsBelow(snapshot, 'patches/');
  const paths = all.filter((path) => path.endsWith('.patch'));
  const problems: Finding[] = all.filter(isStray).map(stray);
  for (const [folder, patches] of Map.groupBy(paths, folderOf)) {
    const [, component = '', series = '', ...deeper] = folder.split('/');
    if (!componentName.test(component) || !seriesId.test(series) || deeper.length > 0) {
      problems.push(...patches.map(misplaced));
      continue;
    }
    const bySeries = queues.get(series) ?? new Map<string, PatchQueue>();
    queues.set(series, bySeries.set(component, { component, series, patches: [] }));
    const files = patches.flatMap((path) => readFile(snapshot, path));
    bySeries.set(component, { component, series, patches: files.sort(byName) });
  }
  return { value: queues, problems };
}

/** A file among the patches of a queue that is none: people may take it for one. */
function isStray(path: string): boolean {
  const [, component = '', series = '', name = '', ...deeper] = path.split('/');
  if (!componentName.test(component) || !seriesId.test(series) || deeper.length > 0) return false;
  return !name.endsWith('.patch') && !/^(?:readme|\.)/i.test(name);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function byName(a: PatchFile, b: PatchFile): number {
  return compareBytes(a.name, b.name);
}

function readFile(snapshot: Snapshot, path: string): readonly PatchFile[] {
  const file = snapshot.files.get(path);
  if (!file) return [];
  const sha256 = createHash('sha256').update(file.bytes).digest('hex');
  const head = new TextDecoder('utf-8').decode(file.bytes.subarray(0, headBytes));
  const name = path.slice(path.lastIndexOf('/') + 1);
  const content = readPatch(file.bytes, path);
  return [{ path, name, sha256, header: readPatchHeader(head), content }];
}

function misplaced(path: string): Finding {
  return failure(
    { file: path, line: 1 },
    {
      code: 'patch-misplaced',
      message: `${shownText(path)} is in no folder patches/<component>/<series>/, so nothing applies it`,
      remedy: 'move it to such a folder, or remove it',
    },
  );
}

function stray(path: string): Finding {
  return {
    code: 'patch-stray-file',
    file: path,
    line: 1,
    level: 'warning',
    message: `${shownText(path)} is among patches and does not end in .patch, so nothing applies it`,
    remedy: 'rename it to NNNN-<subject>.patch, or move it elsewhere',
  };
}
