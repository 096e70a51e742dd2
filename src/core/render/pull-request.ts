import type { BuildPlan } from '../model/plan.ts';
import type { ProposalGroup } from '../model/proposal.ts';
import type { ReleaseNotes } from '../model/release-notes.ts';
import type { Move } from '../model/update.ts';
import { code, count, details, fit, link, table } from './markdown.ts';
import type { Section } from './markdown.ts';
import { constraintSections } from './pull-request-constraints.ts';
import { noteSections } from './pull-request-notes.ts';
import { patchSections, patchWords, stuckWords } from './pull-request-patches.ts';
import { buildReason } from './plan.ts';
import { moveReason, shortRef } from './reasons.ts';
import { refText } from '../model/source-ref.ts';

/** All that a pull request's text tells of. */
export interface ProposalStory {
  readonly group: ProposalGroup;
  readonly notes: readonly ReleaseNotes[];
  /** What would be built were it merged; `undefined` where that cannot be told. */
  readonly rebuild?: BuildPlan;
  /** The repository that answered for a component; `undefined` where no browser can go there. */
  readonly webUrl: (component: string) => string | undefined;
}

/** GitHub takes 65,536; some room is left for what it adds. */
const mostCharacters = 58_000;

/** `2025.2: nova 32.0.0 → 32.1.0`. */
export function proposalTitle({ lane, moves, drifts, constraints }: ProposalGroup): string {
  const [only, ...others] = moves;
  const { series } = lane;
  if (constraints) return `${series}: upper-constraints.txt to ${constraints.to.slice(0, 8)}`;
  if (!only) return `${series}: lock ${listed(drifts.map(({ component }) => component))}`;
  if (others.length > 0) {
    return `${series}: move ${listed(moves.map(({ pin }) => pin.component))}`;
  }
  const why = { security: ' (security)', component: ' needs a hand with its patches' };
  const tail = lane.kind === 'security' || lane.kind === 'component' ? why[lane.kind] : '';
  return `${series}: ${moveWords(only)}${tail}`;
}

/** The body, without the marker: what it comes to first, then tables, then what can be unfolded. */
export function proposalBody(story: ProposalStory): string {
  const { group } = story;
  const sections: readonly Section[] = [
    { text: headline(story) },
    { text: movesTable(story) },
    { text: driftsTable(group) },
    ...patchSections(group),
    ...constraintSections(group),
    { text: rebuildTable(story) },
    ...noteSections(story.notes),
    { text: footer(group) },
  ];
  return fit(sections, mostCharacters);
}

function headline({ group, rebuild }: ProposalStory): string {
  const { lane, moves, drifts, constraints } = group;
  const what = [
    ...(moves.length > 0 ? [`moves ${count(moves.length, 'component')}`] : []),
    ...(drifts.length > 0 ? [`takes ${count(drifts.length, 'branch head')} into the lock`] : []),
    ...(constraints ? ['brings upper-constraints.txt up to date'] : []),
  ].join(' and ');
  const patches = patchWords(group);
  const built = rebuild ? rebuildWords(rebuild) : '';
  const first = `**${lane.series}: ${what}.**`;
  const alarm =
    lane.kind === 'security'
      ? 'Upstream closed a security hole between these versions.'
      : lane.kind === 'component'
        ? `It is a draft: ${stuckWords(group)}, and only a person can say how it should look now; the check ${code('pinwheel/patches')} shows where, why, and the commands to mend it.`
        : '';
  return [first, alarm, patches, built].filter((words) => words !== '').join(' ');
}

function movesTable({ group, webUrl }: ProposalStory): string {
  const rows = group.moves.map((move) => [
    code(move.pin.component),
    code(shortRef(refText(move.pin.ref))),
    code(shortRef(refText(move.to))),
    move.jump === 'none' ? '' : move.jump,
    compareLink(move, webUrl(move.pin.component)),
    code(moveReason(move)),
  ]);
  return table(['component', 'from', 'to', 'step', 'changes', 'why'], rows);
}

function compareLink(move: Move, url: string | undefined): string {
  if (url === undefined) return '';
  const between = `${refText(move.pin.ref)}...${refText(move.to)}`;
  return link('compare', `${url}/compare/${between}`);
}

function driftsTable({ drifts }: ProposalGroup): string {
  const rows = drifts.map(({ component, branch, from, to }) => [
    code(component),
    code(branch),
    from === undefined ? 'not locked yet' : code(from.slice(0, 8)),
    code(to.slice(0, 8)),
  ]);
  return table(['component', 'follows', 'locked at', 'head now'], rows);
}

function rebuildWords({ cells }: BuildPlan): string {
  return cells.length === 0 ? 'No image changes.' : `Rebuilds ${count(cells.length, 'image')}.`;
}

function rebuildTable({ rebuild }: ProposalStory): string {
  if (!rebuild || rebuild.cells.length === 0) return '';
  const rows = rebuild.cells.map((cell) => [
    code(`${cell.service}/${cell.series}`),
    code(cell.version),
    code(buildReason(cell.why)),
  ]);
  const body = table(['image', 'version', 'why'], rows);
  return details(`Rebuilds ${count(rebuild.cells.length, 'image')}`, body);
}

function footer({ lane }: ProposalGroup): string {
  const ignore =
    lane.kind === 'constraints'
      ? 'until upstream has newer ones'
      : 'until there is something newer to move to';
  return `---\nThis pull request is kept up to date in place. Close it to be left alone ${ignore}; push a commit to its branch and Pinwheel leaves the branch to you.`;
}

function moveWords({ pin, to }: Move): string {
  return `${pin.component} ${shortRef(refText(pin.ref))} → ${shortRef(refText(to))}`;
}

function listed(names: readonly string[]): string {
  const most = 4;
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}
