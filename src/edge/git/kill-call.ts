import { readdir, readFile } from 'node:fs/promises';
import { markVariable } from './environment.ts';

/**
 * Kills every process of one call. A signal to git alone is not enough: `git-remote-https` lives on
 * without it, waits for its server, and keeps our pipes open. Children inherit the call's mark, so they
 * are found even when their parent is gone. Without /proc (macOS) this finds nothing.
 */
export async function killCall(mark: string): Promise<void> {
  // A process may have been about to start another: three looks are more than any git tree is deep.
  for (let look = 0; look < 3; look += 1) {
    const found = await findProcesses(mark);
    if (found.length === 0) return;
    for (const id of found) killQuietly(id);
  }
}

async function findProcesses(mark: string): Promise<readonly number[]> {
  const names = await readdir('/proc').catch((): string[] => []);
  const ids = names.filter((name) => /^\d+$/.test(name));
  const wanted = `${markVariable}=${mark}\0`;
  const marked = await Promise.all(
    ids.map(async (id) => {
      // Not ours, or gone by now: not one of this call's.
      const environment = await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '');
      return environment.includes(wanted);
    }),
  );
  return ids.filter((_, index) => marked[index]).map(Number);
}

function killQuietly(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}
