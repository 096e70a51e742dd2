import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './failure.ts';

/** The process that a cluster's `postmaster.pid` names, if it still runs. */
export async function runningPostmaster(cluster: string): Promise<number | undefined> {
  const pid = await writtenPid(cluster);
  return pid !== undefined && isAlive(pid) && (await serves(pid, cluster)) ? pid : undefined;
}

/** What the file says, whether or not there is such a process. */
export async function writtenPid(cluster: string): Promise<number | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n', 1)[0]);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Process ids come again, in containers soon after a restart: a number that now belongs to another
 * program must not keep PostgreSQL from starting. Without /proc the number is believed.
 */
async function serves(pid: number, cluster: string): Promise<boolean> {
  try {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    // Empty for a process that has ended and was not yet waited for.
    return words.includes(cluster);
  } catch (error) {
    return process.platform !== 'linux' || codeOf(error) === 'EACCES';
  }
}
