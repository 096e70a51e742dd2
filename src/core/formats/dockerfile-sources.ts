import type { Finding } from '../model/finding.ts';
import type { ExternalImage, Image } from '../model/image.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';

/** What a FROM, a `COPY --from` or a `RUN --mount=…,from=` names that is no stage of the file. */
export interface SourceName {
  readonly kind: 'from' | 'copy';
  readonly name: string;
  readonly line: number;
}

export interface SourceContext {
  readonly path: string;
  /** The image's own name. */
  readonly image: string;
  /** Names of all folders of images/ that hold a Dockerfile. */
  readonly imageNames: ReadonlySet<string>;
}

export type ImageSources = Pick<Image, 'bases' | 'external' | 'contexts'>;

type Source =
  | { readonly kind: 'base' | 'context'; readonly name: string }
  | { readonly kind: 'external'; readonly image: ExternalImage }
  | { readonly kind: 'problem'; readonly problem: Finding };

/** Sorts what a Dockerfile reads from into other images of the repository, external ones and contexts. */
export function sortSources(
  names: readonly SourceName[],
  context: SourceContext,
): { readonly sources: ImageSources; readonly problems: readonly Finding[] } {
  const started = new Set(names.flatMap(({ kind, name }) => (kind === 'from' ? [name] : [])));
  const sorted = names.map((source) => classify(source, { ...context, started }));
  return {
    sources: {
      bases: distinct(sorted.flatMap((source) => (source.kind === 'base' ? [source.name] : []))),
      external: distinctImages(
        sorted.flatMap((source) => (source.kind === 'external' ? [source.image] : [])),
      ),
      contexts: distinct(
        sorted.flatMap((source) => (source.kind === 'context' ? [source.name] : [])),
      ),
    },
    problems: sorted.flatMap((source) => (source.kind === 'problem' ? [source.problem] : [])),
  };
}

interface Known extends SourceContext {
  /** Names that a FROM of this file names: never build contexts. */
  readonly started: ReadonlySet<string>;
}

function classify(source: SourceName, known: Known): Source {
  const { name, kind } = source;
  if (name === known.image && kind === 'from') return selfProblem(source, known);
  if (known.imageNames.has(name) && name !== known.image) return { kind: 'base', name };
  const external = kind === 'from' || /[/:@]/.test(name) || known.started.has(name);
  if (external) return externalImage(source, known);
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return { kind: 'context', name };
  return badName(source, { context: known, what: 'the name of a build context' });
}

function externalImage(source: SourceName, context: SourceContext): Source {
  const [, reference, digest] =
    /^([A-Za-z0-9][A-Za-z0-9._:/-]*)(?:@(sha256:[0-9a-f]{64}))?$/.exec(source.name) ?? [];
  if (reference === undefined) return badName(source, { context, what: 'an image reference' });
  const image = { reference, ...(digest !== undefined && { digest }), line: source.line };
  return { kind: 'external', image };
}

function selfProblem(source: SourceName, context: SourceContext): Source {
  const problem = failure(
    { file: context.path, line: source.line },
    {
      code: 'dockerfile-cycle',
      message: `images/${context.image} starts from itself`,
      remedy: 'start from another image, or write the registry in front of the name',
    },
  );
  return { kind: 'problem', problem };
}

function badName(
  source: SourceName,
  { context, what }: { readonly context: SourceContext; readonly what: string },
): Source {
  const problem = failure(
    { file: context.path, line: source.line },
    {
      code: 'dockerfile-reference',
      message: `"${shownText(source.name)}" in images/${context.image} is not ${what}`,
      remedy: `write ${what}; a digest is @sha256: and 64 digits`,
    },
  );
  return { kind: 'problem', problem };
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function distinctImages(images: readonly ExternalImage[]): readonly ExternalImage[] {
  const byName = new Map<string, ExternalImage>();
  for (const image of images) {
    const key = `${image.reference}@${image.digest ?? ''}`;
    if (!byName.has(key)) byName.set(key, image);
  }
  return [...byName.values()];
}
