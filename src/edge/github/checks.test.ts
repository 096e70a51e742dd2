import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { githubCom, nockedRepository, useNock } from '../../../test/support/nocked-github.ts';
import type { Annotation, CheckReport } from '../../core/model/check-report.ts';

useNock();

const runs = '/repos/acme/images/check-runs';
const name = 'pinwheel/config';
const head = 'a'.repeat(40);
const begin = { name, head, again: false };
const latest = `/repos/acme/images/commits/${head}/check-runs?check_name=pinwheel%2Fconfig&app_id=12&filter=latest&per_page=1`;

interface Standing {
  readonly status: 'in_progress' | 'completed';
  readonly id?: number;
  readonly conclusion?: string;
  readonly digest?: string | null;
  readonly annotations?: number;
}

/** What stands on the commit when it is asked next. */
function stands(run: Standing | undefined): void {
  const shown = run && {
    ...{ id: run.id ?? 5, status: run.status, external_id: run.digest ?? null },
    conclusion: run.conclusion ?? null,
    output: { annotations_count: run.annotations ?? 0 },
  };
  nock(githubCom)
    .get(latest)
    .reply(200, { total_count: shown ? 1 : 0, check_runs: shown ? [shown] : [] });
}

/** The bodies of the updates that come, in order. */
function updates(times: number, id = 5): Record<string, unknown>[] {
  const bodies: Record<string, unknown>[] = [];
  nock(githubCom)
    .patch(`${runs}/${id}`, (body: Record<string, unknown>) => bodies.push(body) > 0)
    .times(times)
    .reply(200, {});
  return bodies;
}

function created(id = 6): void {
  const body = { name, head_sha: head, status: 'in_progress' };
  nock(githubCom).post(runs, body).reply(201, { id });
}

function remarks(count: number): readonly Annotation[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ path: 'a.yaml', startLine: at + 1, endLine: at + 1, level: 'warning' },
    ...{ title: 't'.repeat(300), message: `remark ${at}` },
  }));
}

function report(annotations: readonly Annotation[] = []): CheckReport {
  const summary = 'x'.repeat(65_000);
  return { name, head, conclusion: 'failure', title: '1 failure', summary, annotations };
}

describe('the beginning of a check', () => {
  it.each<[string, Standing | undefined, { again: boolean; makesOne: boolean }]>([
    ['makes a run', undefined, { again: false, makesOne: true }],
    [
      'takes one up that is on its way',
      { status: 'in_progress' },
      { again: true, makesOne: false },
    ],
    ['leaves one that has ended', { status: 'completed' }, { again: false, makesOne: false }],
    [
      'makes another where that is asked for',
      { status: 'completed' },
      { again: true, makesOne: true },
    ],
  ])('%s', async (_, standing, { again, makesOne }) => {
    const { checks } = nockedRepository();
    stands(standing);
    if (makesOne) created();
    await checks.begin({ ...begin, again });
  });
});

describe('the end of a check', () => {
  it('is one request with what was found', async () => {
    const { checks } = nockedRepository();
    stands({ status: 'in_progress' });
    const sent = updates(1);
    await checks.finish(report(remarks(1)));
    expect(sent).toMatchObject([
      {
        ...{ status: 'completed', conclusion: 'failure' },
        output: {
          title: '1 failure',
          annotations: [{ annotation_level: 'warning', title: 't'.repeat(255) }],
        },
      },
    ]);
  });

  it('is fifty annotations a request; it has not ended before the last', async () => {
    const { checks } = nockedRepository();
    stands({ status: 'in_progress' });
    const sent = updates(3);
    await checks.finish(report(remarks(120)));
    const shown = sent.map(({ status, conclusion, output }) => {
      const { annotations } = output as { annotations: readonly unknown[] };
      return [status, conclusion, annotations.length];
    });
    expect(shown).toEqual([
      [undefined, undefined, 50],
      [undefined, undefined, 50],
      ['completed', 'failure', 20],
    ]);
  });

  it('goes on where it was cut off: GitHub only ever adds annotations', async () => {
    const { checks } = nockedRepository();
    stands({ status: 'in_progress' });
    const cut = updates(1);
    nock(githubCom).patch(`${runs}/5`).reply(502);
    const whole = report(remarks(120));
    await expect(checks.finish(whole)).rejects.toThrow('502');
    const digest = String(cut[0]?.['external_id']);
    stands({ status: 'in_progress', digest, annotations: 100 });
    const rest = updates(1);
    await checks.finish(whole);
    expect(rest).toMatchObject([{ status: 'completed' }]);
    expect((rest[0]?.['output'] as CheckReport).annotations).toHaveLength(20);
    stands({ status: 'completed', digest, annotations: 120 });
    await checks.finish(whole);
  });

  it('is a run of its own where another report was begun', async () => {
    const { checks } = nockedRepository();
    stands({ status: 'in_progress', digest: 'another', annotations: 50 });
    created();
    updates(1, 6);
    await checks.finish(report());
  });

  it('is another run where the ended one says something else', async () => {
    const { checks } = nockedRepository();
    stands({ status: 'completed', digest: 'another' });
    created();
    updates(1, 6);
    await checks.finish(report());
  });

  it('that nobody works on leaves alone what has ended', async () => {
    const { checks } = nockedRepository();
    stands({ status: 'completed', digest: 'another' });
    await checks.end(report());
    stands(undefined);
    created();
    updates(1, 6);
    await checks.end(report());
  });

  it('takes the place of one that says that nothing could be found out', async () => {
    const { checks } = nockedRepository();
    stands({ status: 'completed', conclusion: 'cancelled', digest: 'another' });
    updates(1);
    await checks.finish(report());
  });

  it('makes none where none was begun, when that is asked for', async () => {
    const { checks } = nockedRepository();
    stands(undefined);
    await checks.endBegun(report());
    stands({ status: 'in_progress' });
    updates(1);
    await checks.endBegun(report());
  });
});

describe('a lost answer', () => {
  it('to the making of a run is looked for: there is one, and no second', async () => {
    const { checks } = nockedRepository();
    stands({ status: 'completed', id: 4 });
    nock(githubCom).post(runs).reply(502);
    stands({ status: 'in_progress', id: 5 });
    await checks.begin({ ...begin, again: true });
    stands({ status: 'completed', id: 5 });
    nock(githubCom).post(runs).reply(502);
    stands({ status: 'completed', id: 5 });
    await expect(checks.begin({ ...begin, again: true })).rejects.toThrow('502');
  });

  it('to its end is looked for: what stands there is not written again', async () => {
    const { checks } = nockedRepository();
    let digest = '';
    stands({ status: 'in_progress' });
    nock(githubCom)
      .patch(`${runs}/5`, (body: { external_id: string }) => {
        digest = body.external_id;
        stands({ status: 'completed', digest });
        return true;
      })
      .reply(502);
    await checks.finish(report());
    expect(digest).not.toBe('');
  });

  it('of a limit asks for nothing more', async () => {
    const { checks } = nockedRepository();
    stands(undefined);
    nock(githubCom).post(runs).reply(403, {}, { 'retry-after': '60' });
    await expect(checks.begin(begin)).rejects.toThrow('rate limit');
  });
});
