import type { JudgedQueue, PatchRepair } from '../model/patch-verdict.ts';
import type { ProposalGroup } from '../model/proposal.ts';
import type { FileEdit } from '../model/snapshot.ts';
import { refText } from '../model/source-ref.ts';
import { verdictDetail } from './patch-words.ts';
import { proposalTitle } from './pull-request.ts';
import { moveReason, shortRef } from './reasons.ts';

/** The commit that moves pins, constraints and locks: the title of its pull request, and a line for each move. */
export function moveMessage(group: ProposalGroup): string {
  const lines = [
    ...group.moves.map(
      (move) =>
        `${move.pin.component} ${shortRef(refText(move.pin.ref))} -> ${shortRef(refText(move.to))}: ${moveReason(move)}`,
    ),
    ...group.drifts.map(
      ({ component, branch, to }) => `${component} follows ${branch}, now at ${to.slice(0, 8)}`,
    ),
  ];
  return withBody(proposalTitle(group).replace('→', '->'), lines.join('\n'));
}

export function refreshMessage(
  { component, series, ref }: JudgedQueue,
  repairs: readonly PatchRepair[],
): string {
  const subject = `patches: refresh ${component} ${series} on ${shortRef(ref)}`;
  return withBody(subject, repairs.map(({ path }) => nameOf(path)).join('\n'));
}

/** One commit for each, so that it can be taken back alone. */
export function dropMessage(
  { component, series }: JudgedQueue,
  { path, verdict }: Extract<PatchRepair, { readonly kind: 'drop' }>,
): string {
  const subject = `patches: drop ${nameOf(path)} of ${component} ${series}`;
  return withBody(subject, `It is not needed any more: ${verdictDetail(verdict)}.`);
}

/** `releases: lock what 2025.1 and 2025.2 pin`. */
export function lockMessage(edits: readonly FileEdit[]): string {
  const series = edits.map(({ path }) => path.split('/')[1] ?? path);
  return withBody(
    `releases: lock what ${series.join(' and ')} ${series.length === 1 ? 'pins' : 'pin'}`,
    'Somebody asked for it at the check pinwheel/config.',
  );
}

function withBody(subject: string, body: string): string {
  return `${subject.slice(0, 120)}\n\n${body}`.trimEnd();
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
