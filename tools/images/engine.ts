import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ran, RunOptions } from '../../scripts/command.ts';
import { runCommand, tryCommand } from '../../scripts/command.ts';
import { debianArchive, installPackages, unpackPackages } from './debian.ts';

/** A Docker engine with buildx. */
export interface Engine {
  readonly about: string;
  readonly docker: (args: readonly string[], options?: RunOptions) => Promise<string>;
  readonly tryDocker: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** Whether `buildx build --check` exists. */
  readonly canCheck: boolean;
  /** By which another program finds it. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** The engine of this machine where it has one, else one made from Debian's packages. */
export async function findEngine(cache: string, log: string): Promise<Engine> {
  const running = await describe({ program: 'docker', env: {} });
  if (running) return { ...running, stop: async () => Promise.resolve() };
  return makeEngine(cache, log);
}

interface Client {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

async function describe({ program, env }: Client): Promise<Omit<Engine, 'stop'> | undefined> {
  async function tryDocker(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return tryCommand([program, ...args], { ...options, env: { ...env, ...options.env } });
  }
  async function docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return runCommand([program, ...args], { ...options, env: { ...env, ...options.env } });
  }
  const version = await tryDocker(['version', '--format', '{{.Server.Version}}']);
  const buildx = await tryDocker(['buildx', 'version']);
  if (version.code !== 0 || buildx.code !== 0) return undefined;
  const help = await tryDocker(['buildx', 'build', '--help']);
  return {
    about: `docker ${version.stdout.trim()}, ${buildx.stdout.split(' ')[1] ?? 'buildx'}`,
    docker,
    tryDocker,
    env,
    canCheck: /^\s+--check/m.test(help.stdout),
  };
}

/** forky's buildx checks Dockerfiles; trixie's engine is there where forky's asks for too new a libc. */
const suites = ['forky', 'trixie'];

async function makeEngine(cache: string, log: string): Promise<Engine> {
  const archive = await debianArchive();
  await installPackages(['runc', 'iptables', 'iproute2', 'mmdebstrap'], log);
  for (const suite of suites) {
    const root = join(cache, `engine-${suite}`);
    await unpackPackages(
      archive,
      suite,
      ['docker.io', 'docker-cli', 'docker-buildx', 'containerd'],
      root,
      log,
    );
    const works = await tryCommand([join(root, 'usr/sbin/dockerd'), '--version']);
    if (works.code === 0) return startEngine(root, { data: join(cache, 'data'), log });
  }
  throw new Error('neither of the engines of Debian starts here');
}

/** Of layers that builds may need again: every service of every series would fill a disk. */
const keptCache = '10GB';

async function startEngine(
  root: string,
  { data, log }: { readonly data: string; readonly log: string },
): Promise<Engine> {
  // Short, for the path of a socket has at most 107 bytes.
  const run = await mkdtemp(join(tmpdir(), 'pw-'));
  const bin = ['usr/sbin', 'usr/bin'].map((folder) => join(root, folder)).join(':');
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    DOCKER_HOST: `unix://${run}/docker.sock`,
    DOCKER_CONFIG: join(run, 'client'),
  };
  const plugins = join(env.DOCKER_CONFIG, 'cli-plugins');
  await mkdir(plugins, { recursive: true });
  await symlink(
    join(root, 'usr/libexec/docker/cli-plugins/docker-buildx'),
    join(plugins, 'docker-buildx'),
  );
  const config = join(run, 'daemon.json');
  const gc = { enabled: true, defaultKeepStorage: keptCache };
  await writeFile(config, JSON.stringify({ builder: { gc } }));
  const bridge = await addBridge(log);
  const output = openSync(`${log}.engine`, 'a');
  const daemon = spawn(
    join(root, 'usr/sbin/dockerd'),
    [
      `--host=${env.DOCKER_HOST}`,
      `--data-root=${data}`,
      `--exec-root=${run}/exec`,
      `--pidfile=${run}/pid`,
      `--bridge=${bridge}`,
      `--config-file=${config}`,
      // The store that keeps manifests: only so are images equal byte for byte.
      '--feature=containerd-snapshotter=true',
    ],
    { env: { ...process.env, ...env }, stdio: ['ignore', output, output], detached: true },
  );
  const ended = new Promise<void>((resolve) =>
    daemon.on('close', () => {
      resolve();
    }),
  );
  async function stop(): Promise<void> {
    daemon.kill('SIGTERM');
    await Promise.race([ended, wait(30_000, undefined, { ref: false })]);
    await tryCommand(['ip', 'link', 'delete', bridge]);
    // What a container that was cut off has mounted there cannot be removed, and harms nobody.
    await rm(run, { recursive: true, force: true }).catch(() => undefined);
  }
  for (let tries = 0; tries < 150 && daemon.exitCode === null; tries += 1) {
    const engine = await describe({ program: join(root, 'usr/bin/docker'), env });
    if (engine) return { ...engine, about: `${engine.about} from Debian's packages`, stop };
    await wait(200);
  }
  await stop();
  throw new Error(`the engine did not start; see ${log}.engine`);
}

/**
 * A bridge of our own: `docker0` is everybody's, and another engine that starts without a bridge removes
 * it, from under the builds that use it.
 */
async function addBridge(log: string): Promise<string> {
  const [high = 0, low = 0] = randomBytes(2);
  const name = `pw${high.toString(16)}x${low.toString(16)}`;
  // Of the block for benchmarks (RFC 2544), which no network of a company has.
  const address = `198.${18 + (high % 2)}.${low}.1/24`;
  await runCommand(['ip', 'link', 'add', name, 'type', 'bridge'], { log });
  await runCommand(['ip', 'address', 'add', address, 'dev', name], { log });
  await runCommand(['ip', 'link', 'set', name, 'up'], { log });
  return name;
}
