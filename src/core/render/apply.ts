import { isPatched } from '../model/patch-apply.ts';
import type { AppliedQueue } from '../model/patch-apply.ts';
import type { PatchVerdict } from '../model/patch-verdict.ts';
import { shownName, verdictDetail } from './patch-words.ts';

/** The command line's JSON; keys are a contract (docs/commands.md). */
export function applyJson(result: AppliedQueue): object {
  const { component, series, source, outcome, verdicts, tree, written } = result;
  return {
    ...{ component, series, source, outcome },
    patches: verdicts.map((verdict) => ({
      patch: verdict.path,
      verdict: verdict.verdict,
      detail: verdictDetail(verdict),
    })),
    ...(tree && { tree }),
    written,
  };
}

/** For people: a line a patch, and how it ended. */
export function applyLines(result: AppliedQueue): readonly string[] {
  return [...result.verdicts.map((verdict) => patchLine(verdict, result)), lastLine(result)];
}

function patchLine(verdict: PatchVerdict, result: AppliedQueue): string {
  const name = shownName(verdict.path.slice(verdict.path.lastIndexOf('/') + 1));
  const detail = verdictDetail(verdict);
  const done = isPatched(result);
  switch (verdict.verdict) {
    case 'applies':
      return done ? `${name} applied` : `${name} applies`;
    case 'applies-with-offset':
      return `${name} ${done ? 'applied' : 'applies'} with an offset: ${detail}`;
    case 'already-upstream':
      return result.outcome === 'applied-before'
        ? `${name} is there already`
        : `${name} is there already: ${detail}`;
    case 'not-reached':
      return `${name} was not tried: ${detail}`;
    case 'malformed':
      return `${name} is malformed: ${detail}`;
    case 'refused':
      return `${name} is refused: ${detail}`;
    case 'refreshable':
    case 'conflict':
      return `${name} does not apply: ${detail}`;
  }
}

function lastLine(result: AppliedQueue): string {
  const { component, series, source, outcome } = result;
  const check = `pinwheel check --series ${series} --component ${component}`;
  switch (outcome) {
    case 'no-patches':
      return `no patches for ${component} ${series}`;
    case 'applied':
      return `${count(result)} applied to ${source}: ${changed(result)}`;
    case 'finished':
      return `${count(result)} applied to ${source} by an earlier run, whose writing is finished now: ${changed(result)}`;
    case 'applied-before':
      return `nothing written: ${source} has it already; was apply run before? If not, ${check} says where it comes from`;
    case 'changes-nothing':
      return `nothing written: all patches together change nothing in ${source}; remove those that cancel one another`;
    case 'does-not-apply':
      return `nothing written to ${source}; see whether it is the source that ${series} pins, and what ${check} says`;
  }
}

function count({ component, series, verdicts }: AppliedQueue): string {
  const n = verdicts.length;
  return `${component} ${series}: ${n} ${n === 1 ? 'patch' : 'patches'}`;
}

function changed({ written, tree }: AppliedQueue): string {
  const files = `${written.length} ${written.length === 1 ? 'file' : 'files'} changed`;
  return tree ? `${files}, tree ${short(tree.before)} → ${short(tree.after)}` : files;
}

function short(id: string): string {
  return id.slice(0, 12);
}
