import { spawn } from 'node:child_process';

/** What a person set for git; and proxies, for here all is on loopback. */
const notOurs = /^GIT_|_proxy$/i;

/** An environment in which only the repository itself has a say: no configuration of this machine. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !notOurs.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Sandbox',
    GIT_AUTHOR_EMAIL: 'sandbox@example.org',
    GIT_COMMITTER_NAME: 'Sandbox',
    GIT_COMMITTER_EMAIL: 'sandbox@example.org',
    LC_ALL: 'C',
  };
}

/** Runs git, without a shell, and gives what it printed; rejects with its complaint when it fails. */
export async function runGit(
  args: readonly string[],
  input?: Uint8Array | string,
): Promise<string> {
  return (await runGitBytes(args, input)).toString();
}

/** The same where what it prints need not be text. */
export async function runGitBytes(
  args: readonly string[],
  input?: Uint8Array | string,
): Promise<Buffer> {
  const { code, stdout, stderr } = await runGitToCode(args, input);
  if (code === 0) return stdout;
  throw new Error(`git ${args.join(' ')}: ${stderr.trim()}`);
}

/** How git ended. */
interface EndedGit {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git to its end, whatever that is; bytes in and out. */
export function runGitToCode(
  args: readonly string[],
  input?: Uint8Array | string,
): Promise<EndedGit> {
  const { promise, resolve, reject } = Promise.withResolvers<EndedGit>();
  const git = spawn('git', args, { env: gitEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const complaint: Buffer[] = [];
  git.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  git.stderr.on('data', (chunk: Buffer) => complaint.push(chunk));
  // A git that ends early closes its input; its exit code and complaint say why.
  git.stdin.on('error', () => undefined);
  git.on('error', reject);
  git.on('close', (code) => {
    resolve({ code, stdout: Buffer.concat(output), stderr: Buffer.concat(complaint).toString() });
  });
  git.stdin.end(input ?? '');
  return promise;
}
