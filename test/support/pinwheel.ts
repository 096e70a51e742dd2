import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runGit } from '../../sandbox/git.ts';

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An images repository in a temporary folder, and the real command line to run in it. */
export interface Bench {
  readonly dir: string;
  /** Runs `pinwheel ARGS --repo DIR`, as a process of its own. */
  readonly run: (...args: readonly string[]) => Promise<Ran>;
  /** The same with `--json`, parsed; the exit code is not looked at. */
  readonly json: <T>(...args: readonly string[]) => Promise<T>;
  readonly read: (path: string) => Promise<string>;
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>;
  readonly git: (...args: readonly string[]) => Promise<string>;
}

const cli = join(import.meta.dirname, '..', '..', 'src', 'app', 'cli.ts');

/** A folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'pinwheel-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Lays out an images repository; `upstream` is the template that every command is given. */
export async function imagesRepository(
  files: Readonly<Record<string, string>>,
  upstream: string,
): Promise<Bench> {
  const home = await temporaryFolder();
  const dir = join(home, 'images-repository');
  function run(...args: readonly string[]): Promise<Ran> {
    return runCli([...args, '--repo', dir, '--upstream', upstream], join(home, 'cache'));
  }
  const bench: Bench = {
    dir,
    run,
    json: async <T>(...args: readonly string[]) =>
      JSON.parse((await run(...args, '--json')).stdout) as T,
    read: (path) => readFile(join(dir, path), 'utf8'),
    write: (more) => layOut(dir, more),
    git: (...args) => runGit(['-C', dir, ...args]),
  };
  await layOut(dir, files);
  return bench;
}

/** Makes the folder a git repository and commits all that is there. */
export async function commitAll(bench: Bench, message: string): Promise<void> {
  await runGit(['init', '--quiet', '--initial-branch=main', bench.dir]);
  await bench.git('add', '--all');
  await bench.git('commit', '--quiet', '--allow-empty', '--message', message);
}

async function layOut(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

function runCli(args: readonly string[], cache: string): Promise<Ran> {
  const env = { ...process.env, XDG_CACHE_HOME: cache, NO_COLOR: '1' };
  return runToEnd(process.execPath, [cli, ...args], { env });
}

/** Runs a program without input, and gives what it left behind whatever its exit code. */
export function runToEnd(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const complaint: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk));
  child.on('error', reject);
  child.on('close', (code) => {
    const [stdout, stderr] = [output, complaint].map((chunks) => Buffer.concat(chunks).toString());
    resolve({ code: code ?? -1, stdout: stdout ?? '', stderr: stderr ?? '' });
  });
  return promise;
}
