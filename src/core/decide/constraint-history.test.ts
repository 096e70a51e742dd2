import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { constraintsIn } from '../../../test/support/constraint-files.ts';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { provenanceLine } from '../model/constraints.ts';
import type { ConstraintsFile } from '../model/constraints.ts';
import { nearestBase, syncConstraints } from './constraint-sync.ts';

interface State {
  readonly commit: string;
  readonly text: string;
  readonly file: ConstraintsFile;
}

function statesOf(folder: string): readonly State[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const commit = name.slice(-12, -4).padEnd(40, '0');
      return { commit, text, file: constraintsIn(text) };
    });
}

/** What a person did to the file: a version changed, a line removed, one added, with its reason. */
function editByHand(text: string): string {
  return text
    .replace(/^click===.*$/m, '# bug 2012345\nclick===99.1\nuwsgi===2.0.31')
    .replace(/^click===[^9].*\n/gm, '')
    .replace(/^PyMySQL===.*\n/m, '');
}

describeWithUpstreamData('the real history of constraints', (data) => {
  const history = join(data, 'requirements/upper-constraints/history');

  it.each(readdirSync(history))('of %s is followed byte for byte', (series) => {
    const states = statesOf(join(history, series));
    expect(states.length).toBeGreaterThan(10);
    let local: ConstraintsFile | undefined;
    let base: ConstraintsFile | undefined;
    for (const { commit, text, file } of states) {
      const ref = `stable/${series}`;
      const rest = { series, ref, commit, overrides: undefined };
      const move = syncConstraints({ base, local, upstream: file, ...rest });
      expect(move?.text).toBe(`${provenanceLine({ ref, commit })}\n${text}`);
      local = constraintsIn(move!.text);
      expect(local.provenance).toEqual({ ref, commit, line: 1 });
      base = file;
    }
  });

  it.each(readdirSync(history))('of %s carries hand edits through every step', (series) => {
    const [first, ...states] = statesOf(join(history, series));
    let local = constraintsIn(editByHand(first!.text));
    let base = first!.file;
    for (const { commit, text, file } of states) {
      const rest = { series, ref: `stable/${series}`, commit, overrides: undefined };
      const move = syncConstraints({ base, local, upstream: file, ...rest });
      expect(move?.text).toBe(
        `${provenanceLine({ ref: `stable/${series}`, commit })}\n${editByHand(text)}`,
      );
      const overrides = move!.kept.map(({ override }) => override).sort();
      expect(overrides).toEqual(['-PyMySQL', 'click===99.1', 'uwsgi===2.0.31']);
      local = constraintsIn(move!.text);
      base = file;
    }
  });

  it.each(readdirSync(history))('of %s tells where an edited file came from', (series) => {
    const states = statesOf(join(history, series)).toReversed();
    for (const { commit, text } of states) {
      expect(nearestBase(constraintsIn(text), states)?.commit).toBe(commit);
      expect(nearestBase(constraintsIn(editByHand(text)), states)?.commit).toBe(commit);
    }
  });
});
