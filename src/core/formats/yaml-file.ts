import { LineCounter, parseDocument, visit } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { Finding, Parsed } from '../model/finding.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';
import { buildYaml } from './yaml-tree.ts';
import type { YamlPath, YamlPlace, YamlValue } from './yaml-tree.ts';

/** A YAML document as plain values, and where in the text they stand. */
export interface YamlFile {
  /** `undefined` where the text is not YAML, `null` where it is empty. */
  readonly value: YamlValue | undefined;
  /** Line, from 1, of a key or a list item; of its nearest ancestor where there is no such thing. */
  readonly lineOf: (path: YamlPath) => number;
  /** What the file says at that path, letter by letter: `3.10`, where the value is the number 3.1. */
  readonly sourceOf: (path: YamlPath) => string | undefined;
}

export interface YamlOptions {
  readonly path: string;
  /** `typed`: YAML 1.2 core schema. `text`: every scalar is a string, for files that others write. */
  readonly scalars: 'typed' | 'text';
}

/** The parser needs up to 2 s for a hostile text of this size; the largest real file has 137 KiB. */
const largest = 256 * 1024;

/** Reads one YAML document; anything wrong with it is a finding at its line. */
export function readYaml(text: string, options: YamlOptions): Parsed<YamlFile> {
  if (text.length > largest) return unreadable([tooLarge(text, options.path)]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: options.scalars === 'typed' ? 'core' : 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
    // The library compares every key with every other: 20,000 keys take it 7 s. yaml-tree.ts looks.
    uniqueKeys: false,
  });
  function lineAt(offset: number): number {
    return Math.max(1, lines.linePos(offset).line);
  }
  const problems = syntaxProblems({ text, document, lineAt, path: options.path });
  if (problems.length > 0) return unreadable(problems);
  const tree = buildYaml(document.contents, { lineAt, path: options.path });
  return { value: yamlFile(tree.value, tree.place), problems: tree.problems };
}

function yamlFile(value: YamlValue | undefined, root: YamlPlace): YamlFile {
  return {
    value,
    lineOf: (path) => descend(root, path).place.line,
    sourceOf: (path) => {
      const { place, depth } = descend(root, path);
      return depth === path.length ? place.source : undefined;
    },
  };
}

function descend(root: YamlPlace, path: YamlPath): { place: YamlPlace; depth: number } {
  let place = root;
  for (const [depth, key] of path.entries()) {
    const next = place.children.get(key);
    if (!next) return { place, depth };
    place = next;
  }
  return { place, depth: path.length };
}

function unreadable(problems: readonly Finding[]): Parsed<YamlFile> {
  return { value: yamlFile(undefined, { line: 1, children: new Map() }), problems };
}

function tooLarge(text: string, path: string): Finding {
  const size = Math.ceil(text.length / 1024);
  return failure(
    { file: path, line: 1 },
    {
      code: 'yaml-too-large',
      message: `${path} has ${size} KiB, and no more than ${largest / 1024} KiB are read`,
      remedy: 'remove what does not belong into this file',
    },
  );
}

interface Source {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lineAt: (offset: number) => number;
  readonly path: string;
}

function syntaxProblems(source: Source): readonly Finding[] {
  const errors = [...source.document.errors].sort((a, b) => a.pos[0] - b.pos[0]);
  const tags = source.document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED');
  // Looked for even where there is no error: a few words between two marks are YAML.
  const conflict = /^<{7}(?= |\r?$)/m.exec(source.text);
  if (conflict) return [mergeConflict(source, conflict.index)];
  if (errors.length === 0) return tags.map((tag) => syntaxFinding(tag, source));
  const tabs = tabProblems(errors, source);
  // What follows a syntax error is mostly its consequence: only the first is reported.
  return tabs.length > 0 ? tabs : errors.slice(0, 1).map((error) => syntaxFinding(error, source));
}

function tabProblems(errors: readonly YAMLError[], source: Source): readonly Finding[] {
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  const lines = new Set(tabs.map(({ pos }) => source.lineAt(pos[0])));
  const message = 'This line is indented with a tab, which YAML forbids';
  return [...lines]
    .slice(0, 20)
    .map((line) =>
      failure(
        { file: source.path, line },
        { code: 'yaml-tab', message, remedy: 'indent with spaces' },
      ),
    );
}

function mergeConflict(source: Source, offset: number): Finding {
  return failure(
    { file: source.path, line: source.lineAt(offset) },
    {
      code: 'merge-conflict',
      message: `${source.path} holds the marks of an unresolved merge conflict`,
      remedy: 'resolve the conflict and remove the lines with <<<<<<<, ======= and >>>>>>>',
    },
  );
}

function syntaxFinding(error: YAMLError, source: Source): Finding {
  const what = error.message.replace(/[.;:\s]+$/, '');
  const offset = openingOf(error, source.document) ?? error.pos[0];
  return failure(
    { file: source.path, line: source.lineAt(offset) },
    {
      code: 'yaml-syntax',
      message: `${source.path} is not valid YAML: ${explained(error, what)}`,
      remedy: 'correct the YAML at this line',
    },
  );
}

/** In our words where the library's would not help. */
const explanations: Partial<Record<YAMLError['code'], string>> = {
  MULTIPLE_DOCS: 'a second document begins here',
  NON_STRING_KEY: 'a key must be plain text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  BLOCK_AS_IMPLICIT_KEY: 'a colon and a space inside a value that has no quotes',
};

function explained(error: YAMLError, what: string): string {
  return explanations[error.code] ?? shownText(what.charAt(0).toLowerCase() + what.slice(1));
}

/** A missing quote is noticed at the end of the text, but is missed where the other one stands. */
function openingOf(error: YAMLError, document: Document.Parsed): number | undefined {
  if (error.code !== 'MISSING_CHAR') return undefined;
  let opening: number | undefined;
  visit(document, {
    Scalar(_, node) {
      const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
      if (quoted && node.range && node.range[1] >= error.pos[0]) {
        opening = node.range[0];
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return opening;
}
