import { AsyncLocalStorage } from 'node:async_hooks';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { BrokenRepository } from '../core/model/failures.ts';
import type { LogLevel } from './config.ts';

export type Log = Logger;

export interface LogOptions {
  readonly level: LogLevel;
  /** Texts that never stand in a line, whoever writes it. */
  readonly secrets: readonly string[];
  /** Default: stdout. */
  readonly to?: DestinationStream;
}

/** What every line written during some work has besides: the ids of its delivery and its job. */
type Context = Readonly<Record<string, unknown>>;

const contexts = new AsyncLocalStorage<Context>();

/** Lines that are written while the work runs, however deep, have these fields. */
export function withLogContext<T>(context: Context, work: () => T): T {
  return contexts.run({ ...contexts.getStore(), ...context }, work);
}

/** JSON, one object a line. */
export function createLog({ level, secrets, to }: LogOptions): Log {
  const hide = hiderOf(secrets);
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => ({ ...contexts.getStore() }),
    serializers: { err: errorFields },
    hooks: { streamWrite: hide },
  };
  return to === undefined ? pino(options) : pino(options, to);
}

/** An error without the requests and payloads that libraries hang on theirs. */
function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const remedy = 'remedy' in error ? { remedy: error.remedy } : {};
  const findings =
    error instanceof BrokenRepository ? { findings: error.findings.slice(0, 5) } : {};
  const cause = error.cause === undefined ? {} : { cause: errorFields(error.cause) };
  return { name, message, stack, ...remedy, ...findings, ...cause };
}

/** Tokens of GitHub, JWTs, passwords in URLs, keys: also where some other program put them into its words. */
const tokens =
  /gh[a-z]_[\w.-]{10,}|github_pat_\w{10,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|(?<=:\/\/[^\s/:@"]*:)[^\s/@"]+(?=@)|-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----/gs;

function hiderOf(secrets: readonly string[]): (line: string) => string {
  const known = secrets
    .filter((secret) => secret !== '')
    // As they stand in JSON.
    .map((secret) =>
      JSON.stringify(secret)
        .slice(1, -1)
        .replaceAll(/[^\w\s]/g, '\\$&'),
    );
  const all = new RegExp([tokens.source, ...known].join('|'), 'gs');
  return (line) => line.replaceAll(all, '[hidden]');
}
