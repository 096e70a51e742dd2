import { createHash } from 'node:crypto';
import { botPrefix } from '../model/bot-branch.ts';
import { refText } from '../model/source-ref.ts';
import type { Lane, ProposalGroup, ProposedCommit } from '../model/proposal.ts';

/** `pinwheel/main/2025.2/component/nova`: the same for ever, so that one lane has one pull request. */
export function branchOf(base: string, lane: Lane): string {
  const own = 'component' in lane ? `${lane.kind}/${lane.component}` : lane.kind;
  return `${botPrefix}${base}/${lane.series}/${own}`;
}

/** What a group moves to, whatever the files look like: two with the same one are the same proposal. */
export function targetOf({ moves, drifts, constraints }: ProposalGroup): string {
  const parts = [
    ...moves.map(({ pin, to, commit }) => [pin.series, pin.component, refText(to), commit]),
    ...drifts.map(({ series, component, branch, to }) => [series, component, branch, to]),
    ...(constraints ? [[constraints.series, 'constraints', constraints.to]] : []),
  ];
  return hash(parts.map((part) => part.join('\0')).sort());
}

/** What the commits of a proposal hold, messages included. */
export function contentOf(commits: readonly ProposedCommit[]): string {
  return hash(
    commits.flatMap(({ message, edits }) => [
      message,
      ...edits.map(({ path, text }) => `${path}\0${text === undefined ? 'gone' : bytesHash(text)}`),
    ]),
  );
}

function bytesHash(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
