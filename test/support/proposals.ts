import type { JudgedQueue, PatchVerdict } from '../../src/core/model/patch-verdict.ts';
import type { Lane, ProposalGroup } from '../../src/core/model/proposal.ts';
import type { ConstraintMove, Move } from '../../src/core/model/update.ts';
import { commitNamed, tagPin } from './facts.ts';

/** A pin's way to the next version of 2025.2. */
export function moveOf(component: string, from: string, to: string): Move {
  return {
    pin: tagPin('2025.2', component, from),
    to: { kind: 'tag', tag: to },
    commit: commitNamed(`${component} ${to}`),
    kind: 'version',
    jump: 'minor',
    why: { kind: 'newest', series: '2025.2' },
  };
}

export function verdictOf(
  component: string,
  name: string,
  verdict: 'applies' | 'conflict',
): PatchVerdict {
  const about = { path: `patches/${component}/2025.2/${name}`, component, series: '2025.2' };
  return verdict === 'applies'
    ? { ...about, files: [], verdict }
    : { ...about, files: [], verdict, conflicts: [] };
}

export function queueOf(component: string, verdicts: readonly PatchVerdict[]): JudgedQueue {
  const ref = '32.1.0';
  return { component, series: '2025.2', ref, commit: commitNamed(ref), verdicts };
}

export function groupOf(lane: Lane, more: Partial<ProposalGroup> = {}): ProposalGroup {
  return { lane, base: 'main', draft: false, moves: [], queues: [], drifts: [], ...more };
}

export const constraintMove: ConstraintMove = {
  series: '2025.2',
  from: commitNamed('old'),
  to: commitNamed('new'),
  ref: 'stable/2025.2',
  changed: [
    { name: 'requests', marker: '', from: '2.32.4', to: '2.32.5', shadowedBy: '===2.32.6' },
    { name: 'tomli', marker: "python_version<'3.11'", from: '2.2.0', to: '2.2.1' },
  ],
  added: [{ name: 'pbr', marker: '', version: '7.0.1' }],
  removed: [{ name: 'six', marker: '', version: '1.17.0' }],
  kept: [
    {
      name: 'uwsgi',
      marker: '',
      local: '2.0.31',
      upstream: '2.0.30',
      override: 'uwsgi===2.0.31',
      line: 3,
    },
  ],
  text: 'pbr===7.0.1\n',
};
