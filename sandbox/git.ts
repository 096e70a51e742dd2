import { spawn } from 'node:child_process';

/** An environment in which only the repository itself has a say: no configuration of this machine. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
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
export function runGit(args: readonly string[], input?: Uint8Array | string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const git = spawn('git', args, { env: gitEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const complaint: Buffer[] = [];
  git.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  git.stderr.on('data', (chunk: Buffer) => complaint.push(chunk));
  // A git that ends early closes its input; its exit code and complaint say why.
  git.stdin.on('error', () => undefined);
  git.on('error', reject);
  git.on('close', (code) => {
    if (code === 0) resolve(Buffer.concat(output).toString());
    else reject(new Error(`git ${args.join(' ')}: ${Buffer.concat(complaint).toString().trim()}`));
  });
  git.stdin.end(input ?? '');
  return promise;
}
