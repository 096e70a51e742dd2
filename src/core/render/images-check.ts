import { isBuilding, problemOf } from '../model/build.ts';
import type { Build, BuildCell, CellState } from '../model/build.ts';
import { imagesCheck } from '../model/check-report.ts';
import type {
  CheckAction,
  CheckConclusion,
  CheckProgress,
  CheckReport,
} from '../model/check-report.ts';
import { cellName } from '../model/plan.ts';
import type { SkippedCell } from '../model/plan.ts';
import {
  cellTable,
  refusalWords,
  shortTable,
  skipWords,
  stateOrder,
  stateWords,
} from './images-table.ts';
import { block, code, count, details, fit, link, table } from './markdown.ts';
import type { Section } from './markdown.ts';

/** GitHub takes 65,535 in a summary. */
const mostCharacters = 60_000;

export type ImagesReport =
  | { readonly kind: 'ended'; readonly report: CheckReport }
  | { readonly kind: 'going on'; readonly report: CheckProgress };

/** The check of what is built for a commit. The newest build is told of in full. */
export function imagesReport(build: Build): ImagesReport {
  const common: CheckProgress = {
    ...{ name: imagesCheck, head: build.head, annotations: [] },
    title: titleOf(build.cells),
    summary: fit(sectionsOf(build), mostCharacters),
  };
  if (isBuilding(build)) {
    return { kind: 'going on', report: { ...common, actions: [cancelButton] } };
  }
  const report = { ...common, conclusion: conclusionOf(build), actions: buttonsOf(build) };
  return { kind: 'ended', report };
}

/** A commit for which nothing is built. */
export function nothingToBuild(
  head: string,
  { why, skipped = [] }: { readonly why: string; readonly skipped?: readonly SkippedCell[] },
): CheckReport {
  const rows = skipped.map((one) => [code(cellName(one)), skipWords(one)]);
  const list =
    rows.length === 0
      ? ''
      : details(count(rows.length, 'image'), table(['image', 'is left alone, because'], rows));
  return {
    ...{ name: imagesCheck, head, conclusion: 'success', annotations: [] },
    title: 'nothing to build',
    summary: fit(
      [{ text: `**Nothing to build, because ${why}.**` }, { text: list, optional: true }],
      mostCharacters,
    ),
  };
}

/** A fork's commit, which somebody has to look at first. */
export function waitsForWord(head: string): CheckReport {
  const line = block(`/ok-to-build ${head}`);
  return {
    ...{ name: imagesCheck, head, annotations: [] },
    conclusion: 'action_required',
    title: 'waits for /ok-to-build',
    summary: `**This commit comes from a fork.** Somebody who may write to this repository reads it, and then says so in a comment of its own:\n\n${line}\n\nIt is built without publishing, and the next push needs a new word.\n`,
  };
}

/** It was not begun at all: what is wrong is told, and no cell is red for it. */
export function notBegun(head: string, why: string): CheckReport {
  return {
    ...{ name: imagesCheck, head, conclusion: 'cancelled', annotations: [] },
    title: 'could not be begun',
    summary: `**The build could not be begun.**\n\n${code(why)}\n\nPress *Re-run* to have it tried again.\n`,
  };
}

/** What each end that needs explaining means, and what to do. */
const meanings: Partial<Readonly<Record<CellState, string>>> = {
  cancelled: 'somebody stopped it; `/rebuild failed` does not take it, `/rebuild` by name does',
  skipped: 'its run ended without it, because something before it had failed',
  superseded: 'a newer commit took its place',
  lost: 'GitHub has no run for it, has it no more, or does not show it; `/rebuild failed` builds it',
  expired: 'it did not end in its time; `/rebuild failed` builds it',
};

function titleOf(cells: readonly BuildCell[]): string {
  const parts = stateOrder.flatMap((state) => {
    const n = cells.filter((cell) => cell.state === state).length;
    return n === 0 ? [] : [`${n} ${stateWords[state].replace(/^\S+ /u, '')}`];
  });
  return parts.join(', ');
}

function conclusionOf({ cells }: Build): CheckConclusion {
  const has = new Set(cells.map(({ state }) => state));
  if (has.has('failure') || has.has('skipped')) return 'failure';
  if (has.has('lost') || has.has('expired')) return 'timed_out';
  // Where the check is required, what was not built must not be merged: `neutral` would let it.
  if (has.has('cancelled') || has.has('superseded')) return 'cancelled';
  return 'success';
}

const cancelButton: CheckAction = {
  label: 'Cancel',
  description: 'Stops what is being built',
  identifier: 'cancel-build',
};
const rebuildButton: CheckAction = {
  label: 'Rebuild failed',
  description: 'Builds exactly what is red once more',
  identifier: 'rebuild-failed',
};
const explainButton: CheckAction = {
  label: 'Explain',
  description: 'Says in a comment why, input by input',
  identifier: 'explain-build',
};

function buttonsOf({ cells }: Build): readonly CheckAction[] {
  const red: readonly CellState[] = ['failure', 'skipped', 'lost', 'expired'];
  return cells.some(({ state }) => red.includes(state))
    ? [rebuildButton, explainButton]
    : [explainButton];
}

function sectionsOf(build: Build): readonly Section[] {
  const full = cellTable(build.cells);
  const fits = full.length <= mostCharacters * 0.75;
  return [
    { text: `**${titleOf(build.cells)}.** ${intro(build)}` },
    { text: fits ? full : shortTable(build.cells) },
    { text: meaningsOf(build.cells) },
    ...failureSections(build.cells),
    { text: runsOf(build), optional: true, instead: '' },
  ];
}

function intro(build: Build): string {
  const { cause, publish, supersededBy, cancelledBy } = build;
  const problem = problemOf(build);
  const why = {
    'pull request': () => 'Built because the pull request changes what goes into these images',
    'merge group': () =>
      `Built because the merge queue of ${code((cause as { base: string }).base)} asks for it`,
    push: () => `Built because of a push to ${code((cause as { branch: string }).branch)}`,
    asked: () => `Built because ${code((cause as { by: string }).by)} asked for it`,
  }[cause.kind]();
  const notes = [
    publish ? '; what is built is published.' : '; nothing is published.',
    ...(problem === undefined ? [] : [` ${refusalWords(problem)}`]),
    ...(supersededBy === undefined ? [] : [` Superseded by ${code(supersededBy)}.`]),
    ...(cancelledBy === undefined ? [] : [` Cancelled by ${code(cancelledBy)}.`]),
  ];
  return `${why}${notes.join('')}`;
}

function meaningsOf(cells: readonly BuildCell[]): string {
  const there = new Set(cells.map(({ state }) => state));
  return stateOrder
    .flatMap((state) => {
      const meaning = meanings[state];
      return meaning !== undefined && there.has(state)
        ? [`- ${stateWords[state]}: ${meaning}`]
        : [];
    })
    .join('\n');
}

/** The same line of many images is one cause. */
function failureSections(cells: readonly BuildCell[]): readonly Section[] {
  const failed = cells.filter(({ state }) => state === 'failure');
  const groups = Map.groupBy(failed, ({ failure }) =>
    JSON.stringify([failure?.class, failure?.excerpt]),
  );
  return [...groups.values()].map((group) => ({
    text: failureText(group),
    optional: true,
    instead: `${count(group.length, 'failed image')} more: see its log.`,
  }));
}

const mostNamed = 12;

function failureText(group: readonly BuildCell[]): string {
  const [first] = group;
  if (!first) return '';
  const { failure, job } = first;
  const names = group
    .slice(0, mostNamed)
    .map(({ cell }) => code(cellName(cell)))
    .join(', ');
  const more = group.length > mostNamed ? ` and ${group.length - mostNamed} more` : '';
  const kind = failure?.class === undefined ? 'cause not known' : failure.class;
  const title = `#### ❌ ${names}${more}: ${kind}`;
  if (!failure || failure.excerpt.length === 0) {
    const log = job ? `; ${link('its log', job.url)} may say more` : '';
    return `${title}\n\nNothing that is known here was read in the log${log}.`;
  }
  const where = failure.line === undefined ? 'The log' : `Line ${failure.line} of the log`;
  const place = job ? link(where, job.url) : where;
  return [title, block(failure.excerpt.join('\n'), 'text'), place].join('\n\n');
}

function runsOf({ id, runs }: Build): string {
  const lines = runs.map(({ run, correlation, dispatchedAt, retries }) => {
    const tried = retries > 0 ? `, tried again ${count(retries, 'time')} by itself` : '';
    if (run) return `- ${link(`run ${run.id}`, run.url)}${tried}`;
    return `- ${code(correlation)}: ${dispatchedAt === undefined ? 'not asked for yet' : 'asked for, not seen yet'}`;
  });
  return details(`Runs of ${id}`, lines.join('\n'));
}
