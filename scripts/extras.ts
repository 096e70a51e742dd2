import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The extras that a Python source declares, in lower case, wherever it does so. */
async function declaredExtras(tree: string): Promise<readonly string[]> {
  const [cfg, toml] = await Promise.all(
    ['setup.cfg', 'pyproject.toml'].map(async (name) =>
      readFile(join(tree, name), 'utf8').catch(() => ''),
    ),
  );
  return [
    ...sectionKeys(cfg ?? '', /^\[(extras|options\.extras_require)\]\s*$/),
    ...sectionKeys(toml ?? '', /^\[project\.optional-dependencies\]\s*$/),
  ];
}

function sectionKeys(text: string, header: RegExp): readonly string[] {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => header.test(line));
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('['));
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .flatMap((line) => /^["']?([A-Za-z0-9_.-]+)["']?\s*=/.exec(line)?.[1]?.toLowerCase() ?? []);
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
