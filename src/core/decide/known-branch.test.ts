import { describe, expect, it } from 'vitest';
import { knownBranch } from './known-branch.ts';
import type { FoundCommit } from './known-branch.ts';

const account = 'pinwheel[bot]';
const content = 'c'.repeat(16);
const move: FoundCommit = { sha: 'move', author: account, committer: 'web-flow' };
const drop: FoundCommit = { ...move, sha: 'drop', content };
const alice: FoundCommit = { sha: 'alice', author: 'alice', committer: 'alice' };

function known(...commits: readonly FoundCommit[]) {
  return knownBranch(commits.at(-1)?.sha ?? 'base', commits, account);
}

describe('a branch of the bot', () => {
  it('holds what its last commit names', () => {
    expect(known(move, drop)).toEqual({ head: 'drop', foreign: [], content });
    expect(known({ ...drop, committer: account }).content).toBe(content);
  });

  it('without commits is free', () => {
    expect(known()).toEqual({ head: 'base', foreign: [] });
  });

  it("has somebody else's commits above, between, or alone", () => {
    expect(known(move, drop, alice).foreign).toEqual(['alice']);
    expect(known(move, alice, drop).foreign).toEqual(['alice']);
    expect(known(alice).foreign).toEqual(['alice']);
    expect(known({ sha: 'nobody' }).foreign).toEqual(['nobody']);
  });

  it('that somebody amended, rebased or merged into is theirs, whoever is named as the author', () => {
    expect(known(move, { ...drop, committer: 'alice' }).foreign).toEqual(['drop']);
    expect(known(move, { sha: 'drop', author: account, content }).foreign).toEqual(['drop']);
    expect(known(move, drop, { ...alice, committer: 'web-flow' }).foreign).toEqual(['alice']);
  });

  it('that somebody took the last commit off is theirs', () => {
    expect(known(move)).toEqual({ head: 'move', foreign: ['move'] });
  });

  it('that has no history in common with its base is theirs', () => {
    expect(knownBranch('orphan', undefined, account)).toEqual({
      head: 'orphan',
      foreign: ['orphan'],
    });
  });

  it('is written anew where its base was rewritten, and nobody is blamed for that', () => {
    expect(known(alice, move, drop)).toEqual({ head: 'drop', foreign: [] });
  });
});
