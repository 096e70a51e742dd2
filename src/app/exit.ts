import { BrokenRepository, UserError, WorldError } from '../core/model/failures.ts';
import type { Mistake } from './config.ts';
import { findingLine, printError, printJson } from './output.ts';

/** What an exit code means, the same for every command. */
export const exitCodes = { fine: 0, findings: 1, usage: 2, world: 3, fault: 70 } as const;

/**
 * Says in one line (one a broken place) why a command ended, and gives its exit code. With `json`,
 * stdout gets `{ findings, error? }` besides, so that a program never reads an empty answer.
 */
export function explainFailure(
  error: unknown,
  { debug, json }: { readonly debug: boolean; readonly json: boolean },
): number {
  if (debug && error instanceof Error) printError(error.stack ?? error.message);
  if (json) printJson(failureJson(error));
  if (error instanceof BrokenRepository) {
    for (const finding of error.findings) printError(findingLine(finding));
    return exitCodes.usage;
  }
  if (error instanceof UserError) return say(error, exitCodes.usage);
  if (error instanceof WorldError) return say(error, exitCodes.world);
  const what = error instanceof Error ? error.message : String(error);
  printError(
    `pinwheel: a fault of its own: ${what.split('\n')[0] ?? ''}; run again with --debug and report it`,
  );
  return exitCodes.fault;
}

/** The same for settings of the App: one line for each that cannot be used. */
export function explainMistakes(
  mistakes: readonly Mistake[],
  { json }: { readonly json?: true },
): number {
  for (const { name, what, remedy } of mistakes) printError(`pinwheel: ${name} ${what}; ${remedy}`);
  const [first] = mistakes;
  const error = first && { message: `${first.name} ${first.what}`, remedy: first.remedy };
  if (json) printJson({ findings: [], error, mistakes });
  return exitCodes.usage;
}

function failureJson(error: unknown): object {
  if (error instanceof BrokenRepository) return { findings: error.findings };
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof UserError || error instanceof WorldError;
  return { findings: [], error: { message, ...(known ? { remedy: error.remedy } : {}) } };
}

function say(error: UserError | WorldError, code: number): number {
  printError(`pinwheel: ${error.message}; ${error.remedy}`);
  return code;
}
