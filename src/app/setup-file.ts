import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/*
 * What `pinwheel setup` got from GitHub, as lines `NAME=value` that systemd and compose read too, in a file
 * of the data folder that only its owner may read.
 */

export function setupFile(dataDir: string): string {
  return join(dataDir, 'github-app.env');
}

export interface SetupFile {
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly mistake?: { readonly what: string; readonly remedy: string };
}

/** No settings where there is no file. */
export async function readSetupFile(dataDir: string): Promise<SetupFile> {
  try {
    return { settings: parseEnv(await readFile(setupFile(dataDir), 'utf8')) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { settings: {} };
    }
    const what = 'cannot be read';
    return { settings: {}, mistake: { what, remedy: 'see that this user may read it' } };
  }
}

/** All of it, or the file that was there before. */
export async function writeSetupFile(
  dataDir: string,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const path = setupFile(dataDir);
  const draft = `${path}.${process.pid}.draft`;
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${oneLine(value)}\n`);
  await writeFile(draft, lines.join(''), { mode: 0o600 });
  // A umask may only take away; a draft that was left behind may have another mode.
  await chmod(draft, 0o600);
  await rename(draft, path);
  return path;
}

/** Those who read such files disagree on quotes and `\n`: a key goes in base64, which needs neither. */
function oneLine(value: string): string {
  return value.includes('\n') ? Buffer.from(value).toString('base64') : value;
}
