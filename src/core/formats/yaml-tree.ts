import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair } from 'yaml';
import type { Finding } from '../model/finding.ts';
import { failure } from './problem.ts';
import type { Words } from './problem.ts';
import { shownText } from './shown-text.ts';

/** A plain value. Maps have no prototype, so that a key can have any name. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | YamlMap;
export interface YamlMap {
  readonly [key: string]: YamlValue;
}

export type YamlPath = readonly (string | number)[];

/** Where a value stands, and what stands below it by key or index. */
export interface YamlPlace {
  readonly line: number;
  /** Text of a scalar, without quotes. */
  readonly source?: string;
  readonly children: ReadonlyMap<string | number, YamlPlace>;
}

interface Built {
  readonly value: YamlValue;
  readonly place: YamlPlace;
  /** Number of values in it, every alias counted in full. */
  readonly size: number;
}

interface Where {
  readonly path: string;
  readonly lineAt: (offset: number) => number;
}

interface Work extends Where {
  readonly anchors: Map<string, Built>;
  readonly problems: Finding[];
}

/** No file of ours needs more than five levels. */
const deepest = 32;
/** More values than a file of the largest size can spell out: only aliases of aliases get there. */
const most = 200_000;

/** Names that mean something to every JavaScript object: no library is trusted with them as keys. */
const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The values of a parsed document with the place of each; duplicates and bad aliases are findings. */
export function buildYaml(
  contents: Node | null,
  where: Where,
): { value: YamlValue | undefined; place: YamlPlace; problems: readonly Finding[] } {
  const work: Work = { ...where, anchors: new Map(), problems: [] };
  const built = build(contents, { work, depth: 0, line: 1 });
  const value = built.size > most ? undefined : built.value;
  if (value === undefined) {
    const message = `${where.path} grows beyond measure when its aliases are followed`;
    report(work, { code: 'yaml-alias', line: 1, message, remedy: 'write the values out' });
  }
  return { value, place: built.place, problems: work.problems };
}

interface At {
  readonly work: Work;
  readonly depth: number;
  /** Line of the key or the list item that the value belongs to. */
  readonly line: number;
}

function build(node: unknown, at: At): Built {
  if (at.depth > deepest) return tooDeep(at);
  const built = buildNode(node, at);
  const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
  if (anchor !== undefined) at.work.anchors.set(anchor, built);
  return built;
}

function buildNode(node: unknown, at: At): Built {
  if (isAlias(node)) return aliased(node.source, at);
  if (isMap(node)) return buildMap(node.items, at);
  if (isSeq(node)) return buildList(node.items, at);
  return buildScalar(node, at.line);
}

function buildScalar(node: unknown, line: number): Built {
  const value = isScalar(node) ? node.value : null;
  const source = isScalar(node) ? (node.source ?? '') : '';
  return { value: scalarValue(value), place: { line, source, children: new Map() }, size: 1 };
}

function scalarValue(value: unknown): YamlValue {
  const plain =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return plain ? value : null;
}

function buildMap(items: readonly Pair[], at: At): Built {
  const value = Object.create(null) as Record<string, YamlValue>;
  const children = new Map<string, YamlPlace>();
  let size = 1;
  for (const item of items) {
    const key = isScalar(item.key) ? String(item.key.value) : '';
    const line = lineOf(item.key, at);
    const built = build(item.value, { work: at.work, depth: at.depth + 1, line });
    size += built.size;
    const taken = children.get(key);
    if (taken) reportDuplicate(at.work, { key, line, first: taken.line });
    else if (reserved.has(key)) reportReserved(at.work, { key, line });
    else {
      value[key] = built.value;
      children.set(key, built.place);
    }
  }
  return { value, place: { line: at.line, children }, size };
}

function buildList(items: readonly unknown[], at: At): Built {
  const value: YamlValue[] = [];
  const children = new Map<number, YamlPlace>();
  let size = 1;
  for (const item of items) {
    const inner = { work: at.work, depth: at.depth + 1, line: lineOf(item, at) };
    const built = build(item, inner);
    size += built.size;
    children.set(value.length, built.place);
    value.push(built.value);
  }
  return { value, place: { line: at.line, children }, size };
}

function lineOf(node: unknown, at: At): number {
  const ranged = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return ranged && node.range ? at.work.lineAt(node.range[0]) : at.line;
}

function aliased(name: string, at: At): Built {
  const target = at.work.anchors.get(name);
  if (target) return { ...target, place: { ...target.place, line: at.line } };
  const shown = shownText(name);
  const message = `The alias *${shown} names no anchor &${shown} before it`;
  report(at.work, { code: 'yaml-alias', line: at.line, message, remedy: 'write the value out' });
  return buildScalar(undefined, at.line);
}

function tooDeep(at: At): Built {
  const known = at.work.problems.some(({ code }) => code === 'yaml-too-deep');
  const message = `${at.work.path} is nested more than ${deepest} levels deep`;
  const remedy = 'remove the nesting';
  if (!known) report(at.work, { code: 'yaml-too-deep', line: at.line, message, remedy });
  return buildScalar(undefined, at.line);
}

function reportDuplicate(
  work: Work,
  duplicate: { readonly key: string; readonly line: number; readonly first: number },
): void {
  const { key, line, first } = duplicate;
  const message = `The key ${shownText(key)} stands on line ${first} already`;
  report(work, { code: 'duplicate-key', line, message, remedy: 'keep one of the two' });
}

function reportReserved(work: Work, { key, line }: { key: string; line: number }): void {
  const message = `${key} cannot be a key here`;
  report(work, {
    code: 'reserved-key',
    line,
    message,
    remedy: 'remove it or give it another name',
  });
}

function report(work: Work, words: Words & { readonly line: number }): void {
  work.problems.push(failure({ file: work.path, line: words.line }, words));
}
