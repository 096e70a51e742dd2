import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, tryCommand } from '../../scripts/command.ts';
import type { Result } from './cell.ts';
import { installPackages } from './debian.ts';
import type { Check } from './smoke.ts';

interface Linters {
  readonly repo: string;
  readonly uv: string;
  readonly log: string;
}

/** Pinned, for a newer one finds what an older did not. */
const zizmor = 'zizmor==1.32.0';

/** What shellcheck says of the shell scripts, and zizmor of the workflows. */
export async function checkScripts({ repo, uv, log }: Linters): Promise<Result> {
  const started = performance.now();
  const checks: Check[] = [];
  const shellcheck = await findShellcheck(log);
  if (shellcheck) {
    const scripts = await shellScripts(repo);
    const ran = await tryCommand(
      ['shellcheck', '--external-sources', '--source-path=SCRIPTDIR', ...scripts],
      { cwd: repo, log },
    );
    checks.push({
      name: `shellcheck of ${scripts.length} scripts`,
      why: ran.code === 0 ? '' : ran.stdout,
    });
  }
  const ran = await tryCommand(
    [
      ...[uv, 'tool', 'run', '--quiet', '--from', zizmor],
      ...['zizmor', '--offline', '--quiet', '--min-severity=medium', '.github'],
    ],
    { cwd: repo, log, env: { UV_PYTHON_DOWNLOADS: 'never' } },
  );
  const why = ran.code === 0 ? '' : lastLines(`${ran.stderr}\n${ran.stdout}`, 20);
  checks.push({ name: 'zizmor of .github', why });
  const seconds = (performance.now() - started) / 1000;
  return { image: 'scripts, workflows', version: '', megabytes: 0, seconds, checks };
}

async function findShellcheck(log: string): Promise<boolean> {
  if ((await tryCommand(['shellcheck', '--version'])).code === 0) return true;
  if (process.getuid?.() !== 0) return false;
  await installPackages(['shellcheck'], log).catch(() => undefined);
  return (await tryCommand(['shellcheck', '--version'])).code === 0;
}

async function shellScripts(repo: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of ['images', 'scripts', 'tools']) {
    for (const path of await readdir(join(repo, folder), {
      recursive: true,
      withFileTypes: true,
    })) {
      if (!path.isFile()) continue;
      const file = join(path.parentPath, path.name);
      if (/^#!.*\b(sh|bash)\b/.test(await readFile(file, 'utf8'))) found.push(file);
    }
  }
  return found.sort();
}
