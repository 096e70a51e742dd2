import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';

/** The extras that a Python source declares, wherever it does so. */
async function declaredExtras(tree: string): Promise<readonly string[]> {
  const [cfg = '', toml = ''] = await Promise.all(
    ['setup.cfg', 'pyproject.toml'].map(async (name) =>
      readFile(join(tree, name), 'utf8').catch(() => ''),
    ),
  );
  const project = parsed(toml);
  return [
    ...cfgKeys(cfg),
    ...keysAt(project, 'project', 'optional-dependencies'),
    ...keysAt(project, 'tool', 'setuptools', 'dynamic', 'optional-dependencies'),
  ];
}

function parsed(toml: string): object {
  try {
    return parse(toml);
  } catch (error) {
    throw new Error(`pyproject.toml of the source: ${(error as Error).message}`, { cause: error });
  }
}

/** pbr's section, and that of setuptools. */
function cfgKeys(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  let isExtras = false;
  return lines.flatMap((line) => {
    const section = /^\[(.+)\]/.exec(line)?.[1];
    if (section !== undefined) isExtras = ['extras', 'options.extras_require'].includes(section);
    const name = /^([A-Za-z0-9_.-]+)\s*[=:]/.exec(line)?.[1];
    return isExtras && name !== undefined ? [name] : [];
  });
}

function keysAt(value: unknown, ...path: readonly string[]): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(value);
  return keysAt((value as Readonly<Record<string, unknown>>)[first], ...rest);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** uv only warns of an extra that is not there, and the image lacks what it stands for. */
export async function missingExtras(tree: string, wanted: string): Promise<readonly string[]> {
  const names = wanted.split(',').filter((name) => name !== '');
  if (names.length === 0) return [];
  const declared = new Set((await declaredExtras(tree)).map(plain));
  return names.filter((name) => !declared.has(plain(name)));
}
