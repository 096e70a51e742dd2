import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** The Node that runs the benchmarks also runs what they measure. */
export const node = process.execPath;
export const project = join(import.meta.dirname, '..');
const hook = join(import.meta.dirname, 'usage-hook.cjs');

export interface Measured {
  readonly wallMs: number;
  /** Of the process and, on Linux, of the programs that it started. */
  readonly cpuMs: number;
  /** Peak resident memory of the Node process; the git processes it starts are smaller. */
  readonly peakMb: number;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment. Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program that is, or becomes, one Node process; tells how long it took and what it used. */
export async function measureProcess(
  [program = '', ...args]: readonly string[],
  options: ProcessOptions = {},
): Promise<Measured> {
  const usageFile = join(tmpdir(), `pinwheel-bench-${randomUUID()}.jsonl`);
  const env = {
    ...(options.env ?? process.env),
    NODE_OPTIONS: `--require=${JSON.stringify(hook)}`,
    PINWHEEL_BENCH_USAGE: usageFile,
  };
  const started = performance.now();
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const wallMs = performance.now() - started;
  const usage = await readUsage(usageFile, child.pid);
  return {
    ...usage,
    wallMs,
    code,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}

async function readUsage(
  file: string,
  pid: number | undefined,
): Promise<Pick<Measured, 'cpuMs' | 'peakMb'>> {
  const text = await readFile(file, 'utf8');
  await rm(file);
  const lines = text.trimEnd().split('\n');
  // Node processes that the measured one started have lines too; their time is in its own.
  const all = lines.map(
    (line) => JSON.parse(line) as { pid: number; cpuMs: number; peakMb: number },
  );
  const own = all.find((usage) => usage.pid === pid);
  if (!own) throw new Error(`${file} has no line of process ${pid ?? '?'}`);
  return { cpuMs: own.cpuMs, peakMb: Math.max(...all.map(({ peakMb }) => peakMb)) };
}

/** Fails with what a program said, where its exit code is not one of those expected. */
export function expectCode(measured: Measured, ...expected: readonly number[]): Measured {
  if (measured.code !== null && expected.includes(measured.code)) return measured;
  const said = `${measured.stderr}\n${measured.stdout}`.trim().slice(0, 2000);
  throw new Error(`a measured program ended with ${String(measured.code)}: ${said}`);
}
