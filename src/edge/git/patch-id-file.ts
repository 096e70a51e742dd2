import { keep, readKept } from './kept-bytes.ts';
import type { Place } from './place.ts';
import { gitVersion } from './version.ts';

export type PatchId = readonly [id: string, commit: string];

/** Patch ids of commits that were compared with patches before. A commit's diff never changes. */
export interface PatchIds {
  get(commit: string): string | undefined;
  add(fresh: readonly PatchId[]): Promise<void>;
}

/** Those that were compared last. */
const mostIds = 4096;

let asked: Promise<string> | undefined;

/** git 2.39 counts in what earlier ones left out. */
function versionOnce(): Promise<string> {
  asked ??= gitVersion();
  asked.catch(() => (asked = undefined));
  return asked;
}

export async function openPatchIds({ directory }: Place): Promise<PatchIds> {
  const name = { kind: 'patch-ids', key: [await versionOnce()] } as const;
  const text = (await readKept(directory, name))?.toString('latin1') ?? '';
  const lines = text.matchAll(/^([0-9a-f]{40}) ([0-9a-f]{40})$/gm);
  const known = new Map([...lines].map(([, commit = '', id = '']) => [commit, id] as const));
  return {
    get: (commit) => known.get(commit),
    add: async (fresh) => {
      if (fresh.length === 0) return;
      for (const [id, commit] of fresh) known.set(commit, id);
      const all = [...known].slice(-mostIds).map(([commit, id]) => `${commit} ${id}\n`);
      await keep(directory, name, Buffer.from(all.join('')));
    },
  };
}
