import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { putFile, sweepLeftovers, temporaryName } from './leftovers.ts';
import { ownerState } from './owner.ts';

let base = '';
let folder = '';
let folders = 0;
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-leftovers-')));
});
beforeEach(async () => {
  folder = join(base, `${++folders}`);
  await mkdir(folder);
});
afterAll(() => rm(base, { recursive: true }));

const module = new URL('./leftovers.ts', import.meta.url).href;

/** A process that gives itself a name, and lives until it is told otherwise. */
async function startNamed() {
  const program = `import { temporaryName } from ${JSON.stringify(module)};
    process.stdout.write(temporaryName()); setInterval(() => 0, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  const [name] = (await once(child.stdout, 'data')) as [Buffer];
  const ended = once(child, 'exit');
  return {
    name: name.toString(),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function leave(name: string, ageMs = 0): Promise<void> {
  await mkdir(join(folder, name, 'objects'), { recursive: true });
  await writeFile(join(folder, name, 'objects', 'f'), '');
  const then = new Date(Date.now() - ageMs);
  await utimes(join(folder, name), then, then);
}

async function sweep(): Promise<readonly string[]> {
  await sweepLeftovers(folder);
  return (await readdir(folder)).sort();
}

const dayMs = 24 * 3_600_000;

// Elsewhere nobody can say of a process when it started, and age decides.
describe.runIf(existsSync('/proc/self/stat'))('a temporary file', () => {
  it('goes as soon as its process is gone, and not before', async () => {
    const other = await startNamed();
    const own = temporaryName();
    await leave(own, dayMs);
    await leave(other.name, dayMs);
    expect(await sweep()).toEqual([own, other.name].sort());
    await other.kill();
    expect(await sweep()).toEqual([own]);
  });

  it('goes although another process has the pid by now', async () => {
    const own = temporaryName();
    const [, realm = ''] = /^scratch-([0-9a-f]{12})\./.exec(own) ?? [];
    await leave(`scratch-${realm}.${process.pid}.1-${'0'.repeat(8)}`);
    await leave(own);
    expect(await sweep()).toEqual([own]);
  });

  it('of another machine or container stays for an hour, whoever has its pid here', async () => {
    const foreign = `scratch-0123456789ab.${process.pid}.1-x`;
    await leave(foreign);
    await leave('scratch-without-a-mark');
    await leave('scratch-0123456789ab.4194303.1-y', dayMs);
    await leave('scratch-also-without', dayMs);
    expect(await sweep()).toEqual([foreign, 'scratch-without-a-mark']);
  });

  it('is looked into before it goes, by one of those who sweep', async () => {
    const other = await startNamed();
    await other.kill();
    await leave(other.name);
    const seen: string[] = [];
    async function look(path: string): Promise<void> {
      seen.push(...(await readdir(path)));
    }
    await Promise.all([1, 2, 3, 4].map(() => sweepLeftovers(folder, look)));
    expect(seen).toEqual(['objects']);
    expect(await sweep()).toEqual([]);
  });

  it('is known by a mark that says nothing of a name without one', () => {
    expect(ownerState(temporaryName())).toBe('alive');
    for (const name of ['', 'scratch-', 'scratch-unknown.1.0-x']) {
      expect(ownerState(name)).toBe('unknown');
    }
  });
});

describe('a file that is put in its place', () => {
  it('is whole, or not there, and leaves nothing beside it', async () => {
    await putFile(folder, join(folder, 'held'), 'text');
    await expect(putFile(folder, join(folder, 'nowhere', 'held'), 'text')).rejects.toThrow(
      'ENOENT',
    );
    expect(await readdir(folder)).toEqual(['held']);
    expect(await readFile(join(folder, 'held'), 'utf8')).toBe('text');
  });
});
