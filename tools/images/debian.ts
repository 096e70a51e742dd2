import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, runCommand, tryCommand } from '../../scripts/command.ts';
import type { RunOptions } from '../../scripts/command.ts';

/** What this machine cannot do, in one line; a user is told, CI fails. */
export class Unavailable extends Error {}

/** A Debian archive as this machine is set up to reach it. */
export interface Archive {
  readonly uri: string;
  readonly keyring: string;
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where this machine gets its own packages from: the mirror's name is not ours to know. */
export async function debianArchive(): Promise<Archive> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const codename = /^VERSION_CODENAME=(\S+)/m.exec(release)?.[1];
  if (!/^ID=debian$/m.test(release) || codename === undefined) {
    throw new Unavailable('no engine is running, and only on Debian can one be made');
  }
  if (process.getuid?.() !== 0) {
    throw new Unavailable('no engine is running, and only root can make one');
  }
  const targets = await runCommand([
    'apt-get',
    'indextargets',
    '--format',
    '$(CODENAME) $(RELEASE) $(REPO_URI)',
  ]);
  const uri = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find((words) => words.slice(0, 2).includes(codename))
    ?.at(-1);
  if (uri === undefined) throw new Unavailable(`apt has no archive of Debian ${codename}`);
  return { uri: uri.replace(/\/$/, ''), keyring };
}

/** Installs what is missing of the host's own packages. */
export async function installPackages(names: readonly string[], log: string): Promise<void> {
  const states = await Promise.all(
    names.map(async (name) => ({
      name,
      ran: await tryCommand(['dpkg-query', '--show', '--showformat=${Status}', name]),
    })),
  );
  const missing = states.filter(({ ran }) => !ran.stdout.endsWith('ok installed'));
  if (missing.length === 0) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await fromArchive(['apt-get', 'update'], { log });
  await fromArchive(
    ['apt-get', 'install', '-y', '--no-install-recommends', ...missing.map(({ name }) => name)],
    { env, log },
  );
}

/** A command that gets something from the archive; where it cannot, that is the machine's affair. */
export async function fromArchive(command: readonly string[], options: RunOptions): Promise<void> {
  const ran = await tryCommand(command, options);
  if (ran.code === 0) return;
  const line = lastLines(ran.stderr, 1);
  throw new Unavailable(`${command.slice(0, 2).join(' ')} cannot get what is missing: ${line}`);
}

/** Packages of any Debian suite, verified by apt and unpacked into a folder; the host keeps its own. */
export async function unpackPackages(
  { uri, keyring: key }: Archive,
  ...[suite, names, folder, log]: readonly [string, readonly string[], string, string]
): Promise<void> {
  if (existsSync(folder)) return;
  const work = `${folder}.new`;
  await rm(work, { recursive: true, force: true });
  for (const part of ['lists/partial', 'archives/partial', 'root', 'debs']) {
    await mkdir(join(work, part), { recursive: true });
  }
  await writeFile(join(work, 'sources.list'), `deb [signed-by=${key}] ${uri} ${suite} main\n`);
  await writeFile(
    join(work, 'apt.conf'),
    [
      `Dir::Etc::SourceList "${work}/sources.list";`,
      'Dir::Etc::SourceParts "-";',
      'Dir::Etc::Preferences "-";',
      'Dir::Etc::PreferencesParts "-";',
      `Dir::State::Lists "${work}/lists";`,
      `Dir::Cache::Archives "${work}/archives";`,
      'Dir::Cache::pkgcache "";',
      'Dir::Cache::srcpkgcache "";',
      'Dir::State::status "/dev/null";',
      'APT::Sandbox::User "root";',
      // A mirror may lag behind the clock of this machine.
      'Acquire::Check-Valid-Until "false";',
      '',
    ].join('\n'),
  );
  const options = { env: { APT_CONFIG: join(work, 'apt.conf') }, cwd: join(work, 'debs'), log };
  await fromArchive(['apt-get', 'update'], options);
  await fromArchive(['apt-get', 'download', ...names], options);
  for (const deb of await readdir(join(work, 'debs'))) {
    await runCommand(['dpkg', '-x', join(work, 'debs', deb), join(work, 'root')], { log });
  }
  await rm(join(work, 'lists'), { recursive: true, force: true });
  await rm(join(work, 'debs'), { recursive: true, force: true });
  await rename(join(work, 'root'), folder);
  await rm(work, { recursive: true, force: true });
}
