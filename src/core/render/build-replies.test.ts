import { describe, expect, it } from 'vitest';
import { buildFor } from '../../../test/support/builds.ts';
import type { Build } from '../model/build.ts';
import { builtText, explainBuild } from './build-replies.ts';

function failedBuild(images: number, line: string): Build {
  const build = buildFor(Array.from({ length: images }, (_, at) => `nova${at}/2025.2`));
  const failure = { excerpt: [line] };
  return { ...build, cells: build.cells.map((cell) => ({ ...cell, state: 'failure', failure })) };
}

describe('why the images of a build are built', () => {
  it('is told of each, and what became of it', () => {
    const text = explainBuild(failedBuild(2, 'no space left'));
    expect(text.match(/is built:/g)).toHaveLength(2);
    expect(text).toContain('no space left');
    expect(text).not.toContain('more');
  });

  it('is told as far as a comment has room', () => {
    const text = explainBuild(failedBuild(25, 'x'.repeat(5000)));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('`nova19/2025.2`: there is no room for it here.');
    expect(text).toContain('5 more');
  });
});

describe('what became of a build', () => {
  function refused(build: Build): Build {
    return { ...build, runs: build.runs.map((run) => ({ ...run, problem: 'not allowed' })) };
  }

  it('is told with what GitHub refuses, whether or not it goes on', () => {
    const build = refused(buildFor(['nova/2025.2']));
    expect(builtText(build)).toMatch(/^Building 1 image: .*GitHub refuses: `not allowed`\.$/);
    const ended = refused(failedBuild(1, 'x'));
    expect(builtText(ended)).toMatch(/GitHub refuses: `not allowed`\.\n\n\|/);
  });
});
