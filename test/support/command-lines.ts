import { readdir, readFile } from 'node:fs/promises';

/** Command lines of all processes, joined; `''` where there is no /proc. */
export async function commandLines(): Promise<string> {
  const names = await readdir('/proc').catch((): string[] => []);
  const ids = names.filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.join('\n');
}
