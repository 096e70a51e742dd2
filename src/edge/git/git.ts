import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import pLimit from 'p-limit';
import type { SimpleGit, SimpleGitOptions } from 'simple-git';
import { gitEnvironment, guardedNames } from './environment.ts';
import type { CallVariable } from './environment.ts';
import { deadlineFailure, exitFailure, noDirectory, noGit } from './failure.ts';
import { killCall } from './kill-call.ts';
import type { Remote } from './remote.ts';

/** How one git process is to run. */
export interface GitOptions {
  /** Standard input. Without any, git finds it closed. */
  readonly input?: string | Uint8Array;
  /** Where the call may go, known to git as the remote `upstream`. Without one it goes nowhere. */
  readonly remote?: Remote;
  readonly config?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Partial<Record<CallVariable, string>>>;
  /** Exit codes besides 0 that are an answer and not a failure. */
  readonly accept?: readonly number[];
  /** Most time that the process may take, all in all. Default: two minutes. */
  readonly deadlineMs?: number;
}

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Processes at once, over all repositories: more would only wait for each other. */
const limit = pLimit(8);

/**
 * Runs git in a directory that is a repository, or in any directory for commands that need none. Every
 * child process of Pinwheel's git side comes from here. Rejects with a `GitFailure`, which is a
 * `WorldError`. Names must have been checked (`names.ts`) before they get here.
 */
export function runGit(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitOutput> {
  return limit(() => runNow(directory, args, options));
}

/** What simple-git says about the process that it ran; its own results leave out the exit code. */
interface Ended {
  code: number;
  stdout: Buffer[];
  stderr: Buffer[];
}

const notRun = -1;
/** What Node gives for an exit code where the program does not exist (ENOENT). */
const noSuchProgram = -2;

async function runNow(
  directory: string,
  args: readonly string[],
  options: GitOptions,
): Promise<GitOutput> {
  const { deadlineMs = 120_000, accept = [] } = options;
  const command = args.find((word) => !word.startsWith('-')) ?? args.join(' ');
  const ended: Ended = { code: notRun, stdout: [], stderr: [] };
  const mark = randomUUID();
  const deadline = startDeadline(mark, deadlineMs);
  const environment = gitEnvironment({ ...options, directory, mark, deadlineMs });
  try {
    const git = await prepare(directory, environment, {
      abort: deadline.signal,
      input: () => Buffer.from(options.input ?? ''),
      errors: (error, result) => {
        // splice: simple-git would decode megabytes of objects as text, for nobody.
        ended.stdout = result.stdOut.splice(0);
        ended.stderr = result.stdErr;
        ended.code = result.exitCode;
        return error;
      },
    });
    await Promise.race([git.raw([...args]), deadline.over]);
  } catch (error) {
    if (deadline.signal.aborted) throw deadlineFailure(command, deadlineMs);
    if (ended.code === noSuchProgram) throw noGit();
    // simple-git refused to start it: that is a mistake of ours.
    if (ended.code === notRun) throw error;
  } finally {
    deadline.stop();
  }
  const stderr = Buffer.concat(ended.stderr).toString('utf8');
  if (ended.code === 0 || accept.includes(ended.code)) {
    return { code: ended.code, stdout: joined(ended.stdout), stderr };
  }
  throw exitFailure(command, ended.code, stderr);
}

/** Without a copy of what came in one piece. */
function joined([first, ...others]: readonly Buffer[]): Buffer {
  return first && others.length === 0 ? first : Buffer.concat(first ? [first, ...others] : []);
}

/** An instance for one call: its environment and its input are its own. */
async function prepare(
  directory: string,
  environment: Readonly<Record<string, string>>,
  plugins: Pick<SimpleGitOptions, 'abort' | 'input' | 'errors'>,
): Promise<Pick<SimpleGit, 'raw'>> {
  // 17 ms to load: not for those who only ask for help.
  const { simpleGit } = await import('simple-git');
  if (!existsSync(directory)) throw noDirectory(directory);
  return simpleGit({
    ...plugins,
    baseDir: directory,
    // `exit` comes before the last of the output has been read; `close` comes after.
    completion: { onClose: true, onExit: false },
    allowEnvironment: guardedNames(environment),
    // Guards for what users bring in. These values are our own, and stricter than the defaults.
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeSshCommand: true,
    },
  }).env({ ...environment });
}

interface Deadline {
  readonly signal: AbortSignal;
  /** Rejects shortly after the deadline even where the process cannot be made to end. */
  readonly over: Promise<never>;
  stop(): void;
}

/** How long after the deadline a process that was killed may take to be gone. */
const graceMs = 1000;

function startDeadline(mark: string, deadlineMs: number): Deadline {
  const controller = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  over.catch(() => undefined);
  let timer = setTimeout(() => {
    controller.abort();
    void killCall(mark);
    timer = setTimeout(() => {
      reject(new Error('the deadline is over'));
    }, graceMs);
  }, deadlineMs);
  return {
    signal: controller.signal,
    over,
    stop: () => {
      clearTimeout(timer);
    },
  };
}
