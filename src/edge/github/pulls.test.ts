import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { githubCom, nockedRepository, useNock } from '../../../test/support/nocked-github.ts';

useNock();

const here = '/repos/acme/images';
const account = 'pinwheel[bot]';
const asked = { head: 'acme:pinwheel/main/x', base: 'main', state: 'all' };
const query = { ...asked, sort: 'created', direction: 'desc', per_page: '100' };
const fresh = {
  ...{ base: 'main', head: 'pinwheel/main/x', title: 'Move nova', body: 'Text', draft: false },
};

function raw(fields: object = {}): object {
  return {
    ...{ number: 1, state: 'open', title: 'Move nova', body: 'Text', merged_at: null },
    base: { ref: 'main' },
    head: { ref: 'pinwheel/main/x', sha: 'a', repo: { full_name: 'acme/images' } },
    ...{ labels: [{ name: 'pinwheel' }], user: { login: account } },
    ...fields,
  };
}

const read = {
  ...{ number: 1, state: 'open', draft: false, title: 'Move nova', body: 'Text' },
  ...{ base: 'main', head: 'pinwheel/main/x', headSha: 'a', headRepository: 'acme/images' },
  ...{ labels: ['pinwheel'], author: account },
};

describe('a pull request', () => {
  it('is opened once, though the answer was lost', async () => {
    const { pulls } = nockedRepository();
    nock(githubCom).post(`${here}/pulls`, fresh).reply(502);
    nock(githubCom).get(`${here}/pulls`).query(query).reply(200, [raw()]);
    expect(await pulls.create(fresh)).toEqual(read);
  });

  it.each([
    ['none is there', []],
    ['an older one was closed', [raw({ state: 'closed' })]],
  ])('is refused as GitHub says where %s', async (_, there) => {
    const { pulls } = nockedRepository();
    const errors = [{ message: 'No commits between main and pinwheel/main/x' }];
    nock(githubCom).post(`${here}/pulls`).reply(422, { message: 'Validation Failed', errors });
    nock(githubCom).get(`${here}/pulls`).query(query).reply(200, there);
    await expect(pulls.create(fresh)).rejects.toThrow(/422 Validation Failed: No commits between/);
  });

  it('may be merged, of a fork that is gone, of nobody, and without words', async () => {
    const { pulls } = nockedRepository();
    const gone = { head: { ref: 'x', sha: 'b', repo: null }, user: null, body: null, draft: true };
    nock(githubCom)
      .get(`${here}/pulls/1`)
      .reply(200, raw({ ...gone, state: 'closed', merged_at: '2026-01-01T00:00:00Z' }));
    expect(await pulls.get(1)).toStrictEqual({
      ...{ number: 1, title: 'Move nova', base: 'main' },
      ...{ state: 'merged', draft: true, body: '', author: '', labels: ['pinwheel'] },
      ...{ head: 'x', headSha: 'b' },
    });
  });

  it('of a commit is open, and has it for its head', async () => {
    const { pulls } = nockedRepository();
    const all = [raw({ number: 3 }), raw(), raw({ number: 2, head: { sha: 'b' } })];
    nock(githubCom).get(`${here}/pulls?state=open&per_page=100`).twice().reply(200, all);
    expect((await pulls.withHead('a')).map(({ number }) => number)).toEqual([1, 3]);
    nock(githubCom).get(`${here}/pulls/1`).reply(200, raw());
    expect((await pulls.withHead('a', 1)).map(({ number }) => number)).toEqual([1]);
    nock(githubCom)
      .get(`${here}/pulls/1`)
      .reply(200, raw({ state: 'closed' }));
    expect((await pulls.withHead('a', 1)).map(({ number }) => number)).toEqual([1, 3]);
  });

  it('is opened as no draft where the repository may have none', async () => {
    const { pulls } = nockedRepository();
    const why = { message: 'Draft pull requests are not supported in this repository.' };
    nock(githubCom)
      .post(`${here}/pulls`, { ...fresh, draft: true })
      .reply(422, why);
    nock(githubCom).get(`${here}/pulls`).query(query).reply(200, []);
    nock(githubCom).post(`${here}/pulls`, fresh).reply(201, raw());
    expect(await pulls.create({ ...fresh, draft: true })).toEqual(read);
  });
});

describe('a comment of the bot', () => {
  const comments = `${here}/issues/1/comments`;
  const wanted = 'Hello\n\n<!-- pinwheel:topic hello -->\n';
  const ensured = { issue: 1, topic: 'hello', body: 'Hello\n', account };

  function stands(...all: readonly [login: string | null, body: string][]): void {
    const shown = all.map(([login, body], at) => ({ id: at + 1, user: login && { login }, body }));
    nock(githubCom).get(`${comments}?per_page=100`).reply(200, shown);
  }

  it('is written where none is, though others have used its marker', async () => {
    const { comments: edge } = nockedRepository();
    stands(['mallory', wanted], [null, wanted], [account, 'Hello'], [account, 'topic hello-2']);
    nock(githubCom).post(comments, { body: wanted }).reply(201, {});
    await edge.ensure(ensured);
  });

  it('is edited where it says something else', async () => {
    const { comments: edge } = nockedRepository();
    stands(['bob', 'hi'], [account, wanted.replace('Hello', 'Bye')]);
    nock(githubCom).patch(`${here}/issues/comments/2`, { body: wanted }).reply(200, {});
    await edge.ensure(ensured);
  });

  it('stays where it says that, as GitHub gives it back', async () => {
    const { comments: edge } = nockedRepository();
    stands([account, wanted.trimEnd().replaceAll('\n', '\r\n')]);
    await edge.ensure(ensured);
  });

  it('is found on the second page', async () => {
    const { comments: edge } = nockedRepository();
    const link = `<${githubCom}${comments}?per_page=100&page=2>; rel="next"`;
    nock(githubCom)
      .get(`${comments}?per_page=100`)
      .reply(200, [{ id: 1, user: { login: 'bob' }, body: 'hi' }], { link })
      .get(`${comments}?per_page=100&page=2`)
      .reply(200, [{ id: 2, user: { login: account }, body: wanted }]);
    await edge.ensure(ensured);
  });
});
