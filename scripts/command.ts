import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Everything that the command says is written there too. */
  readonly log?: string;
  readonly input?: string;
  /** Milliseconds; then it is ended. */
  readonly timeout?: number;
  /** What it says goes to this process's own stdout and stderr as well. */
  readonly shown?: boolean;
}

/** A command that did not do what it was for; the message ends with the last lines that it said. */
class CommandFailed extends Error {
  constructor(command: readonly string[], ran: Ran) {
    const said = lastLines(`${ran.stdout}\n${ran.stderr}`, 12);
    super(`${command.slice(0, 3).join(' ')} ended with ${ran.code}\n${said}`);
  }
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** Runs a command to its end, whatever that is. */
export async function tryCommand(
  command: readonly string[],
  { env = {}, cwd, log, input, timeout, shown = false }: RunOptions = {},
): Promise<Ran> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(timeout === undefined ? {} : { timeout }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const file = log === undefined ? undefined : createWriteStream(log, { flags: 'a' });
  const said: { stdout: string[]; stderr: string[] } = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name].push(text);
      file?.write(text);
      if (shown) process[name].write(text);
    });
  }
  // A command that ends early closes its input; that is its affair.
  child.stdin.on('error', () => undefined).end(input ?? '');
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      said.stderr.push(error.message);
      resolve(127);
    });
    child.on('close', (ended) => {
      resolve(ended ?? 128);
    });
  });
  file?.end();
  return { code, stdout: said.stdout.join(''), stderr: said.stderr.join('') };
}

/** Runs a command that has to work; its stdout, without the last line end. */
export async function runCommand(
  command: readonly string[],
  options?: RunOptions,
): Promise<string> {
  const ran = await tryCommand(command, options);
  if (ran.code !== 0) throw new CommandFailed(command, ran);
  return ran.stdout.trimEnd();
}
