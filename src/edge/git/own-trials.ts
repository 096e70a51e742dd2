import type { ApplyFact } from '../../core/model/patch-trial.ts';
import { applyOwn } from './own-apply.ts';
import type { OwnQuestion, Pieces } from './own-apply.ts';
import type { SharedFiles } from './shared-files.ts';
import type { Shelf } from './shelf.ts';
import type { OwnAnswer } from './trial-answers.ts';

/** Patches tried without git on one source, each on what those before it made. */
export interface OwnTrials {
  /** `undefined` where git has to say it, and where it has to say why not. */
  apply(question: OwnQuestion): Promise<OwnAnswer<Shelf, ApplyFact> | undefined>;
}

export function createOwnTrials(files: SharedFiles): OwnTrials {
  const made = new Map<string, () => Buffer>();
  return {
    apply: async (question) => {
      const contents = await files.contents();
      const result = applyOwn(question, (blob) => contents.get(blob) ?? made.get(blob)?.());
      if (result.kind === 'fails') {
        return { fact: result.fact, keep: () => Promise.resolve() };
      }
      if (result.kind !== 'applies') return undefined;
      const own = [...result.made].map(([blob, pieces]) => [blob, joined(pieces)] as const);
      for (const [blob, content] of own) made.set(blob, content);
      return {
        fact: result.fact,
        keep: async (shelf) => {
          for (const [blob, content] of own) await shelf.put(blob, content());
        },
      };
    },
  };
}

/** Joined when somebody asks, once: what is found out about its lines is known by the buffer. */
function joined(pieces: Pieces): () => Buffer {
  let whole: Buffer | undefined;
  return () => (whole ??= Buffer.concat(pieces));
}
