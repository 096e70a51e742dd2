import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { NewCommit } from '../../sandbox/fast-import.ts';
import { serveGit } from '../../sandbox/git-http.ts';
import { runGit } from '../../sandbox/git.ts';
import { makeUpstream } from '../../sandbox/upstreams.ts';
import type { QueueTrial } from './queue-trials.ts';

/** A trial whose verdicts are known. */
export interface KnownTrial extends QueueTrial {
  readonly expected: readonly string[];
}

const changes = [1, 2, 3, 4, 5, 6, 7, 8];

/** Lines that are in no other file, and in this one once. */
function text(name: string, edits: ReadonlyMap<number, string>): string {
  return Array.from({ length: 70 }, (_, at) => `${edits.get(at) ?? `${name} ${at}`}\n`).join('');
}

/** A change for each number: a line of one file replaced, and another file added. */
function madeUpTo(last: number): ReadonlyMap<number, string> {
  return new Map(changes.filter((n) => n <= last).map((n) => [7 * n, `changed by ${n}`]));
}

function master(name: string): readonly NewCommit[] {
  const first = { message: 'Base', label: 'c0', files: { a: text(name, madeUpTo(0)) } };
  const others = changes.map((n) => ({
    message: `Change ${n}\n\nChange-Id: I${`${n}`.repeat(40)}\n`,
    label: `c${n}`,
    files: { a: text(name, madeUpTo(n)), [`new-${n}`]: `new ${name} ${n}\n` },
  }));
  return [first, ...others];
}

/** Beside change 3, in the place of change 5, and two lines above everything. */
function side(name: string): NewCommit {
  const edits = new Map([
    [23, 'near'],
    [35, 'in the way'],
  ]);
  return { message: 'Side', label: 'side', files: { a: `x\ny\n${text(name, edits)}` } };
}

/**
 * Makes four small upstreams below a folder, and 200 trials on them: patches that apply, also elsewhere,
 * that are upstream by every evidence, that merge, and that do not. Until the test is over two of them
 * are served by HTTP, for which git has a helper of its own.
 */
export async function serveCrowd(folder: string): Promise<readonly KnownTrial[]> {
  const server = await serveGit(folder);
  onTestFinished(() => server.close());
  function urlOf(component: string): string {
    return component < 'c' ? `file://${folder}/${component}` : `${server.url}/${component}`;
  }
  const trials: KnownTrial[] = [];
  for (const component of ['alpha', 'beta', 'gamma', 'delta']) {
    const { dir, commits } = await makeUpstream(join(folder, component), {
      branches: [
        { name: 'master', commits: master(component) },
        { name: 'side', from: 'c0', commits: [side(component)] },
      ],
      tags: changes.map((n) => ({ name: `${n}.0.0`, target: `c${n}`, message: `${n}\n` })),
    });
    const patches = await Promise.all(
      changes.map((n) =>
        runGit(['-C', dir, 'format-patch', '-1', '--stdout', commits.get(`c${n}`) ?? '']),
      ),
    );
    for (const [label, commit] of commits) {
      const ref = `refs/heads/${label === 'side' ? 'side' : 'master'}`;
      for (const carried of carriedQueues) {
        trials.push({
          ...{ url: urlOf(component), ref, commit },
          patches: Object.fromEntries(
            carried.map(({ change, hide }, at) => [`${at}.patch`, hide(patches[change - 1] ?? '')]),
          ),
          expected: expectedOf(carried, label),
        });
      }
    }
  }
  return trials;
}

interface Carried {
  readonly change: number;
  /** Takes away what says which commit it is. */
  readonly hide: (patch: string) => string;
}

const carriedQueues: readonly (readonly Carried[])[] = [
  [carry(1, whole), carry(4, whole)],
  [carry(3, whole), carry(4, onlyDiff)],
  [carry(5, whole), carry(6, whole)],
  [carry(2, onlyDiff), carry(7, whole)],
  [carry(6, onlyDiff), carry(8, withoutCommit)],
];

function carry(change: number, hide: Carried['hide']): Carried {
  return { change, hide };
}

function whole(patch: string): string {
  return patch;
}

function withoutCommit(patch: string): string {
  return patch.replace(/^From [0-9a-f]{40} /, `From ${'0'.repeat(40)} `);
}

function onlyDiff(patch: string): string {
  return withoutCommit(patch).replace(/^Change-Id: .*\n/m, '');
}

function expectedOf(carried: readonly Carried[], label: string): readonly string[] {
  if (label !== 'side') {
    const last = Number(label.slice(1));
    return carried.map(({ change }) => (change <= last ? 'already-upstream' : 'applies'));
  }
  const blocked = carried[0]?.change === 5;
  const odd = new Map([
    [3, 'refreshable'],
    [5, 'conflict'],
  ]);
  return carried.map(
    ({ change }) =>
      odd.get(change) ?? (blocked && change === 6 ? 'not-reached' : 'applies-with-offset'),
  );
}
