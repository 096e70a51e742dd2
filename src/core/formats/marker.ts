import type { EnvironmentMarker, EnvironmentMarkerNode } from 'pip-requirements-js';
import type { Marker, MarkerTerm } from '../model/marker.ts';
import { requirementsLibrary } from './late-libraries.ts';

/** Real files use five markers; parsing one takes the library 0.14 ms. */
const remembered = new Map<string, Marker | undefined>();
const mostRemembered = 500;

/** The library recurses, and no real marker comes near. */
const longest = 2000;

/** What nearly every marker of real files is: no reason to load a grammar. */
const pythonVersion =
  /^[ \t]*python_version[ \t]*(<=|<|!=|==|>=|>|~=)[ \t]*(?:'([\d.]*)'|"([\d.]*)")[ \t]*$/;

/** Reads a PEP 508 environment marker, without the `;` in front; `undefined` for anything else. */
export function readMarker(text: string): Marker | undefined {
  if (text.length > longest) return undefined;
  const known = remembered.get(text);
  if (known || remembered.has(text)) return known;
  const marker = readPythonVersion(text) ?? parseMarker(text);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(text, marker);
  return marker;
}

function readPythonVersion(text: string): Marker | undefined {
  const [, operator, single, double] = pythonVersion.exec(text) ?? [];
  const value = single ?? double;
  if (operator === undefined || value === undefined) return undefined;
  const left = { kind: 'variable', name: 'python_version' } as const;
  return { kind: 'compare', left, operator, right: { kind: 'literal', value } };
}

function parseMarker(text: string): Marker | undefined {
  // The library takes a `#` outside quotes for a comment, even without a blank before it.
  if (text.replace(/'[^']*'|"[^"]*"/g, '').includes('#')) return undefined;
  const { parsePipRequirementsLine } = requirementsLibrary();
  try {
    const requirement = parsePipRequirementsLine(`x;${text}`);
    if (requirement?.type !== 'ProjectName') return undefined;
    return requirement.environmentMarkerTree && convert(requirement.environmentMarkerTree);
  } catch {
    // A RequirementsSyntaxError, or the end of the stack after hundreds of parentheses.
    return undefined;
  }
}

function convert(tree: EnvironmentMarker): Marker {
  if (isNode(tree))
    return { kind: tree.operator, left: convert(tree.left), right: convert(tree.right) };
  const operator = tree.operator.replace(/\s+/g, ' ');
  return { kind: 'compare', left: term(tree.left), operator, right: term(tree.right) };
}

function isNode(tree: EnvironmentMarker): tree is EnvironmentMarkerNode {
  return tree.operator === 'and' || tree.operator === 'or';
}

/** The library gives literals with their quotes, and variables bare. */
function term(text: string): MarkerTerm {
  return /^['"]/.test(text)
    ? { kind: 'literal', value: text.slice(1, -1) }
    : { kind: 'variable', name: text };
}
