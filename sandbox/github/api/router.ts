import { operations } from '../contract/operations.ts';
import type { Operation } from '../contract/operations.ts';

export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly operation: Operation;
  readonly method: string;
  readonly expression: RegExp;
  readonly names: readonly string[];
  readonly literals: number;
}

/** Parts of a path that may have slashes, written as such or encoded. */
const wide = new Set(['ref', 'path', 'branch', 'basehead']);

const patterns = operations.map(toPattern).sort((a, b) => b.literals - a.literals);

function toPattern(operation: Operation): Pattern {
  const [method = '', path = ''] = operation.split(' ');
  const names: string[] = [];
  let literals = 0;
  const source = path
    .slice(1)
    .split('/')
    .map((part) => {
      const [, name] = /^\{(.+)\}$/.exec(part) ?? [];
      if (name === undefined) {
        literals += 1;
        return `/${part}`;
      }
      names.push(name);
      // The root of a repository's files has an empty path.
      if (name === 'path') return '(?:/(.*))?';
      return wide.has(name) ? '/(.+)' : '/([^/]+)';
    })
    .join('');
  return { operation, method, expression: new RegExp(`^${source}$`), names, literals };
}

/** The operation of a request, by method and path below the API's address. */
export function matchOperation(method: string, path: string): Match | undefined {
  for (const pattern of patterns) {
    if (pattern.method !== method) continue;
    const found = pattern.expression.exec(path);
    if (!found) continue;
    const params = pattern.names.map((name, index) => [name, decode(found[index + 1] ?? '')]);
    return { operation: pattern.operation, params: Object.fromEntries(params) as Match['params'] };
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
