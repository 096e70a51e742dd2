import nock from 'nock';
import { describe, expect, it } from 'vitest';
import {
  failureOf,
  githubCom,
  nockedRepository,
  useNock,
} from '../../../test/support/nocked-github.ts';
import type { FileMode } from '../../core/model/snapshot.ts';

useNock();

const here = '/repos/acme/images';
const [base, made, other] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [
  string,
  string,
  string,
];
const nowhere = '0'.repeat(40);

function refAnswer(sha: string) {
  return { ref: 'refs/heads/x', object: { sha, type: 'commit' } };
}

describe('a commit', () => {
  it('keeps modes, carries any bytes, takes files away, and names no author', async () => {
    const { branches } = nockedRepository();
    const binary = new Uint8Array(3_000_000).fill(0xff);
    const content = Buffer.from(binary).toString('base64');
    const large = 'ü\n'.repeat(500_000);
    let commit: unknown;
    nock(githubCom)
      .get(`${here}/git/commits/${base}`)
      .reply(200, { sha: base, tree: { sha: 'base-tree' } })
      .post(`${here}/git/blobs`, { content, encoding: 'base64' })
      .reply(201, { sha: 'blob' })
      .post(`${here}/git/trees`, {
        base_tree: 'base-tree',
        tree: [
          { path: 'run.sh', mode: '100755', type: 'blob', content: '#!/bin/sh\n' },
          { path: 'link', mode: '120000', type: 'blob', content: 'run.sh' },
          { path: 'new.sh', mode: '100755', type: 'blob', content: '\r\n' },
          { path: 'empty', mode: '100644', type: 'blob', content: '' },
          { path: 'gone', mode: '100644', type: 'blob', sha: null },
          { path: 'x.patch', mode: '100644', type: 'blob', sha: 'blob' },
          { path: 'large', mode: '100644', type: 'blob', content: `\uFEFF${large}` },
        ],
      })
      .reply(201, { sha: 'tree-1' })
      .post(`${here}/git/commits`, (body) => (commit = body) !== undefined)
      .reply(201, { sha: made });
    const modes = new Map<string, FileMode>([
      ['run.sh', 'executable'],
      ['link', 'symlink'],
    ]);
    const edits = [
      { path: 'run.sh', text: '#!/bin/sh\n' },
      { path: 'link', text: 'run.sh' },
      { path: 'new.sh', text: '\r\n', mode: 'executable' as const },
      { path: 'empty', text: '' },
      { path: 'gone', text: undefined },
      { path: 'x.patch', text: binary },
      { path: 'large', text: Buffer.from(`\uFEFF${large}`) },
    ];
    const commits = [{ message: 'Move nova\n\nBecause', edits }];
    function modeOf(path: string): FileMode {
      return modes.get(path) ?? 'file';
    }
    expect(await branches.commit({ onto: base, commits, modeOf })).toBe(made);
    // GitHub signs what names nobody.
    expect(commit).toEqual({ message: 'Move nova\n\nBecause', tree: 'tree-1', parents: [base] });
  });

  it('stands on the one before it', async () => {
    const { branches } = nockedRepository();
    const parents: unknown[] = [];
    for (const [onto, sha] of [
      [base, made],
      [made, other],
    ] as const) {
      nock(githubCom)
        .get(`${here}/git/commits/${onto}`)
        .reply(200, { tree: { sha: `tree of ${onto}` } })
        .post(`${here}/git/trees`, ({ base_tree: tree }) => tree === `tree of ${onto}`)
        .reply(201, { sha: 'tree' })
        .post(`${here}/git/commits`, ({ parents: of }) => parents.push(of) > 0)
        .reply(201, { sha });
    }
    const commits = ['1', '2'].map((text) => ({ message: text, edits: [{ path: 'a', text }] }));
    expect(await branches.commit({ onto: base, commits, modeOf: () => 'file' })).toBe(other);
    expect(parents).toEqual([[base], [made]]);
  });
});

describe('a branch', () => {
  interface Story {
    readonly from: string | undefined;
    readonly status?: number;
    /** What GraphQL answers. */
    readonly answer?: object;
    /** Where the branch is afterwards; asked for only where it matters. */
    readonly now?: string | undefined;
  }

  async function move({ from, status = 200, answer, now }: Story): Promise<boolean> {
    const { branches } = nockedRepository();
    nock(githubCom).get(here).reply(200, { node_id: 'R_1' });
    nock(githubCom)
      .post('/graphql', ({ variables }) => {
        const ref = { name: 'refs/heads/x', beforeOid: from ?? nowhere, afterOid: made };
        const refUpdates = [{ ...ref, force: true }];
        expect(variables).toEqual({ input: { repositoryId: 'R_1', refUpdates } });
        return true;
      })
      .reply(status, answer);
    if (answer !== done) {
      const ref = nock(githubCom).get(`${here}/git/ref/heads%2Fx`);
      if (now === undefined) ref.reply(404, { message: 'Not Found' });
      else ref.reply(200, refAnswer(now));
    }
    return branches.move('x', made, from);
  }

  const done = { data: { updateRefs: { clientMutationId: null } } };
  const moved = { data: null, errors: [{ type: 'STALE_DATA', message: 'reference moved' }] };
  const rule = {
    data: null,
    errors: [{ message: 'Changes must be made through a pull request.' }],
  };

  it.each<[string, Story, boolean]>([
    ['moves from where it was seen', { from: base, answer: done }, true],
    ['is made where there is none', { from: undefined, answer: done }, true],
    ['stays where somebody was quicker', { from: base, answer: moved, now: other }, false],
    ['stays where somebody made it', { from: undefined, answer: moved, now: other }, false],
    ['stays away where somebody removed it', { from: base, answer: moved, now: undefined }, false],
    ['has moved, though the answer was lost', { from: base, status: 502, now: made }, true],
  ])('%s', async (_, story, expected) => {
    expect(await move(story)).toBe(expected);
  });

  it('that is protected says so', async () => {
    const failure = await failureOf(move({ from: base, answer: rule, now: base }));
    expect(failure).toMatchObject({
      message: 'GitHub: GraphQL: Changes must be made through a pull request',
      remedy: 'see the rules of the branch and of the repository',
    });
  });

  it('is taken away only where it is what was seen, and once', async () => {
    const { branches } = nockedRepository();
    nock(githubCom).get(here).reply(200, { node_id: 'R_1' });
    nock(githubCom).post('/graphql').reply(502);
    nock(githubCom).get(`${here}/git/ref/heads%2Fx`).reply(404, { message: 'Not Found' });
    expect(await branches.remove('x', base)).toBe(true);
  });

  it('is no branch, but an empty repository, at a 409', async () => {
    const { branches } = nockedRepository();
    nock(githubCom).get(`${here}/git/ref/heads%2Fx`).reply(409, { message: 'empty' });
    expect(await branches.head('x')).toBeUndefined();
  });

  it('tells whose commits it has, page by page', async () => {
    const { branches } = nockedRepository();
    const path = `${here}/compare/main...x`;
    function page(number: number): string {
      return `${path}?per_page=100${number > 1 ? `&page=${number}` : ''}`;
    }
    function commit(sha: string, login?: string): object {
      const author = login === undefined ? null : { login };
      return { sha, author, committer: { login: 'web-flow' }, commit: { message: sha } };
    }
    const link = `<${githubCom}${page(2)}>; rel="next"`;
    nock(githubCom)
      .get(page(1))
      .reply(200, { url: 'x', total_commits: 2, commits: [commit('1', 'pinwheel[bot]')] }, { link })
      .get(page(2))
      .reply(200, { url: 'x', total_commits: 2, commits: [commit('2')] });
    expect(await branches.commitsSince('main', 'x')).toEqual([
      { sha: '1', author: 'pinwheel[bot]', committer: 'web-flow', message: '1' },
      { sha: '2', committer: 'web-flow', message: '2' },
    ]);
  });

  it.each([
    ['No common ancestor between main and x.', undefined],
    // Of a branch that is not there; and of a commit that one of GitHub's servers does not have yet.
    ['Not Found', '404 Not Found'],
  ])('at «%s» has no history in common with its base: %s', async (message, failure) => {
    const { branches } = nockedRepository();
    nock(githubCom).get(`${here}/compare/main...x?per_page=100`).reply(404, { message });
    const asked = branches.commitsSince('main', 'x');
    if (failure === undefined) expect(await asked).toBeUndefined();
    else await expect(asked).rejects.toThrow(failure);
  });
});
