import { isBuilding, problemOf } from '../model/build.ts';
import type { Build } from '../model/build.ts';
import { cellName } from '../model/plan.ts';
import type { BuildPlan, PlannedCell, SkippedCell } from '../model/plan.ts';
import { cellTable, reasonWords, refusalWords, skipWords, stateWords } from './images-table.ts';
import { block, code, count, details, fit, link, table } from './markdown.ts';

const mostShown = 100;

/** What was built for a commit. */
export function statusText(head: string, build: Build | undefined): string {
  const commit = code(head.slice(0, 12));
  if (!build) return `Nothing was built for ${commit}, and nothing is being built.`;
  const cells = build.cells.slice(0, mostShown);
  const more = build.cells.length - cells.length;
  const rest = more > 0 ? `\n\n${more} more: see the check \`pinwheel/images\`.` : '';
  return `Of ${commit}:\n\n${cellTable(cells)}${rest}`;
}

/** What would be built. */
export function planText({ cells, skipped }: BuildPlan): string {
  const rows = cells
    .slice(0, mostShown)
    .map((cell) => [code(cellName(cell)), reasonWords(cell.why)]);
  const left = skipped.slice(0, mostShown).map((one) => [code(cellName(one)), skipWords(one)]);
  const title =
    cells.length === 0
      ? 'Nothing would be built.'
      : `${count(cells.length, 'image')} would be built.`;
  return [
    title,
    table(['image', 'why'], rows),
    left.length === 0
      ? ''
      : details(`${count(skipped.length, 'image')} left alone`, table(['image', 'because'], left)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Why one image is built or left alone, and what became of it. */
export function explainText(
  name: string,
  known: {
    readonly planned?: PlannedCell;
    readonly skipped?: SkippedCell;
    readonly build?: Build;
  },
): string {
  const { planned, skipped, build } = known;
  const why = planned
    ? `${code(name)} is built: ${reasonWords(planned.why)}.`
    : `${code(name)} is left alone: ${skipped ? skipWords(skipped) : 'it is no image here'}.`;
  const inputs = planned
    ? table(
        ['input', ''],
        [
          ['source', `${code(planned.ref)} at ${code(planned.commit)}`],
          ['version', code(planned.version)],
          ['patches of its own', String(planned.patches)],
          ['input digest', code(planned.digest)],
        ],
      )
    : '';
  const cell = build?.cells.find((one) => cellName(one.cell) === name);
  const parts = [why, inputs, ...(cell ? [lastWords(cell)] : [])];
  return parts.filter((part) => part !== '').join('\n\n');
}

const mostExplained = 20;
/** GitHub takes 65,536 in a comment. */
const mostCharacters = 60_000;

/** The same of each image of a build, as far as one comment has room for them. */
export function explainBuild(build: Build): string {
  const shown = build.cells.slice(0, mostExplained).map(({ cell }, at) => {
    const name = cellName(cell);
    const line = at === 0 ? '' : '---\n\n';
    return {
      text: `${line}${explainText(name, { planned: cell, build })}`,
      optional: true,
      instead: `${line}${code(name)}: there is no room for it here.`,
    };
  });
  const more = build.cells.length - shown.length;
  const rest = more > 0 ? `---\n\n${more} more: \`/explain\` tells of them by name.` : '';
  return fit([...shown, { text: rest }], mostCharacters);
}

function lastWords({ state, job, failure }: Build['cells'][number]): string {
  const shown = job ? link(stateWords[state], job.url) : stateWords[state];
  if (!failure) return `Last: ${shown}.`;
  const kind = failure.class === undefined ? '' : ` (${failure.class})`;
  return `Last: ${shown}${kind}.\n\n${block(failure.excerpt.join('\n'), 'text')}`;
}

/** What became of a build that a command asked for. */
export function builtText(build: Build): string {
  const names = build.cells.map(({ cell }) => cellName(cell));
  const shown = names.slice(0, 20).map(code).join(', ');
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  const begun = `${count(names.length, 'image')}: ${shown}${more}, of ${code(build.head.slice(0, 12))}.`;
  const problem = problemOf(build);
  const refusal = problem === undefined ? '' : ` ${refusalWords(problem)}`;
  if (isBuilding(build)) {
    return `Building ${begun} The check \`pinwheel/images\` tells how far it is.${refusal}`;
  }
  return `${begun}${refusal}\n\n${cellTable(build.cells.slice(0, mostShown))}`;
}

/** True where there is nothing that a person would have to look at. */
export function isWellBuilt(build: Build): boolean {
  return problemOf(build) === undefined && build.cells.every(({ state }) => state === 'success');
}
