import { checkLock, lock } from '../../journeys/lock.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { failureLine, findingLine, printError, printJson, printLine } from '../output.ts';

export async function runLock(
  common: CommonOptions,
  options: { readonly check?: true },
): Promise<number> {
  return options.check ? runLockCheck(common) : runLockWrite(common);
}

async function runLockCheck(common: CommonOptions): Promise<number> {
  const findings = await withWorld(common, async ({ workingTree }) => checkLock({ workingTree }));
  if (common.json) printJson({ findings });
  else {
    for (const finding of findings) printLine(findingLine(finding));
    if (findings.length === 0) printLine('every lock says what its pins say');
  }
  return findings.length > 0 ? exitCodes.findings : exitCodes.fine;
}

async function runLockWrite(common: CommonOptions): Promise<number> {
  const { written, failed } = await withWorld(common, async ({ upstream, workingTree }) =>
    lock({ upstream, workingTree }),
  );
  if (common.json) printJson({ written, failed });
  else if (failed.length === 0) {
    printLine(
      written.length > 0
        ? `written: ${written.join(', ')}`
        : 'nothing to do: every lock is up to date',
    );
  }
  for (const failure of failed) printError(`pinwheel: ${failureLine(failure)}`);
  if (failed.length === 0) return exitCodes.fine;
  // Where the world did answer, and has no such thing, the pin is wrong.
  return failed.every(({ absent }) => absent === true) ? exitCodes.usage : exitCodes.world;
}
