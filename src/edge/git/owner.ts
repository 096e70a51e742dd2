import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/*
 * Temporary files carry in their name who made them, so that what a killed process left can go as soon as
 * the next one starts. A pid alone says little: it is used again, and a cache volume may be shared by
 * containers, in each of which it is another process. So the name has the boot and the pid namespace, the
 * pid, and when that process started. Without /proc there is no telling, and age decides.
 */

/** What becomes of a temporary file with some name. */
type OwnerState = 'alive' | 'gone' | 'unknown';

interface Owner {
  /** Where pids mean the same processes as here. */
  readonly realm: string;
  readonly pid: number;
  /** In clock ticks since the boot. */
  readonly started: string;
}

let self: Owner | 'nobody' | undefined;

/** A part of a file name; no two processes have the same one. */
export function ownMark(): string {
  const { realm, pid, started } = ownName();
  return `${realm}.${pid}.${started}`;
}

/** Whether the process that put its mark into a name still runs. */
export function ownerState(name: string): OwnerState {
  const [, realm = '', pid = '', started = ''] = /([0-9a-f]{12})\.(\d+)\.(\d+)/.exec(name) ?? [];
  if (realm === '' || realm !== ownName().realm) return 'unknown';
  if (!isRunning(Number(pid))) return 'gone';
  const now = processStat(pid);
  // Another user's process, in a /proc that hides those.
  if (!now) return 'unknown';
  return now.started === started && !/[ZX]/.test(now.state) ? 'alive' : 'gone';
}

function ownName(): Owner {
  if (self === undefined) self = readSelf() ?? 'nobody';
  return self === 'nobody' ? { realm: 'unknown', pid: process.pid, started: '0' } : self;
}

function readSelf(): Owner | undefined {
  try {
    // A /proc of another namespace speaks of other processes.
    if (readlinkSync('/proc/self') !== `${process.pid}`) return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    const namespace = readlinkSync('/proc/self/ns/pid');
    const realm = createHash('sha256').update(`${boot}${namespace}`).digest('hex').slice(0, 12);
    const stat = processStat('self');
    return stat && { realm, pid: process.pid, started: stat.started };
  } catch {
    return undefined;
  }
}

/** Fields 3 and 22 of proc_pid_stat(5). The second is a name that may have spaces and parentheses. */
function processStat(
  pid: string,
): { readonly state: string; readonly started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
