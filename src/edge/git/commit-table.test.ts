import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCommits, packCommits } from './commit-table.ts';
import type { LoggedCommit } from './commit-log.ts';
import { containing, findReverter, historyOf, standingBefore } from './history-table.ts';

function id(number: number): string {
  // Of two commits that begin with the same bytes, too.
  return `${(number * 0x9e3779b1) % 3}`.padStart(8, '0') + `${number}`.padStart(32, '0');
}

/** Children before their parents, of which some are not in the log. */
const logs = fc
  .array(
    fc.record({
      steps: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
      subject: fc.string({ unit: 'binary' }),
      changes: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
      picks: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
      reverts: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 1 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ steps, subject, changes, picks, reverts }, number): LoggedCommit => ({
      commit: id(number),
      parents: [...new Set(steps)].map((step) => id(number + step)),
      subject: subject.toWellFormed(),
      changeIds: [...new Set(changes)].map((change) => `I${id(change)}`),
      cherryPickedFrom: [...new Set(picks)].map((pick) => id(pick)),
      reverts: reverts.map((step) => id(number + step).slice(0, 40)),
    })),
  );

function reachable(log: readonly LoggedCommit[], start: string): ReadonlySet<string> {
  const found = new Set([start]);
  for (const { commit, parents } of log) {
    if (found.has(commit)) for (const parent of parents) found.add(parent);
  }
  return found;
}

it('says of a history what its log says', () => {
  fc.assert(
    fc.property(logs, (log) => {
      const all = openCommits(packCommits(log));
      function marked(marks: Uint8Array): readonly string[] {
        return log.flatMap(({ commit }, number) => (marks[number] === 1 ? [commit] : []));
      }
      expect(log.map((_, number) => [all.idOf(number), all.subjectOf(number)])).toEqual(
        log.map(({ commit, subject }) => [commit, subject]),
      );
      expect(log.map((_, number) => [...all.said(number)].sort())).toEqual(
        log.map((one) => [...one.changeIds.concat(one.cherryPickedFrom).sort()]),
      );
      for (const [number, { commit, parents }] of log.entries()) {
        expect(all.find(commit)).toBe(number);
        const history = historyOf(all, commit);
        if (!history) throw new Error('not found');
        const members = reachable(log, commit);
        expect(marked(history.members)).toEqual(
          log.map((one) => one.commit).filter((one) => members.has(one)),
        );
        for (const [other, { commit: name }] of log.entries()) {
          if (!members.has(name)) continue;
          const above = log.filter(
            (one) => members.has(one.commit) && reachable(log, one.commit).has(name),
          );
          expect(marked(containing(history, other))).toEqual(above.map((one) => one.commit));
        }
        const [first] = parents;
        const before = first === undefined ? new Set() : reachable(log, first);
        expect(marked(standingBefore(history, [commit]))).toEqual(
          log.map((one) => one.commit).filter((one) => before.has(one)),
        );
        expect(all.saying('change-id', `I${id(number)}`)).toEqual(
          [...log.keys()].filter((one) => log[one]?.changeIds.includes(`I${id(number)}`)),
        );
        expect(all.saying('picked-from', id(number))).toEqual(
          [...log.keys()].filter((one) => log[one]?.cherryPickedFrom.includes(id(number))),
        );
      }
      expect([all.find(id(99)), all.find(''), all.saying('change-id', 'I')]).toEqual([-1, -1, []]);
    }),
  );
});

it('knows of a commit that was taken back, and of one that was brought back', () => {
  const bare = { subject: '', changeIds: [], cherryPickedFrom: [], reverts: [] };
  const log = [
    { ...bare, commit: id(0), parents: [id(1)], reverts: [id(1).slice(0, 30)] },
    { ...bare, commit: id(1), parents: [id(2)], reverts: [`I${id(7)}`] },
    { ...bare, commit: id(2), parents: [id(3)], changeIds: [`I${id(7)}`] },
  ];
  const all = openCommits(packCommits(log));
  const [whole, part] = [historyOf(all, id(0)), historyOf(all, id(1))];
  expect(whole && findReverter(whole, 1)).toBe(0);
  expect(whole && findReverter(whole, 2)).toBeUndefined();
  expect(part && findReverter(part, 2)).toBe(1);
});

it('makes no difference where it stands in memory', () => {
  const bare = { parents: [], changeIds: [], cherryPickedFrom: [], reverts: [] };
  const bytes = packCommits([{ ...bare, commit: id(1), subject: 'x' }]);
  const moved = openCommits(Buffer.concat([Buffer.alloc(1), bytes]).subarray(1));
  expect([moved.count, moved.find(id(1)), moved.subjectOf(0)]).toEqual([1, 0, 'x']);
});
