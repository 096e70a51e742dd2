import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { expectNoViolations, here, pins, proposeChange, silent, testWorld } from '../test-world.ts';
import type { TestWorld } from '../test-world.ts';

/** A page as its text: tags gone, space folded. */
async function read({ github }: Pick<TestWorld, 'github'>, path: string) {
  const response = await fetch(github.url + path);
  const source = await response.text();
  const text = source
    .replace(/<head>[\s\S]*<\/head>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
  return { status: response.status, source, text };
}

function send({ github }: Pick<TestWorld, 'github'>, path: string, fields: Record<string, string>) {
  return fetch(github.url + path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
}

async function proposed() {
  const world = await testWorld();
  const { octokit } = world;
  const { sha } = await proposeChange(octokit, 'topic', 'nova: "<b>"\n');
  await octokit.pulls.create({
    ...{ ...here, head: 'topic', base: 'main', title: 'Move <nova>' },
    body: '| a |\n| - |\n| **1** |\n\n<script>x</script>',
  });
  const { data: run } = await octokit.checks.create({
    ...{ ...here, name: 'pinwheel/patches', head_sha: sha, conclusion: 'failure' as const },
    output: {
      ...{ title: 'One conflict', summary: '**Look**' },
      annotations: [
        { path: pins, start_line: 1, end_line: 1, annotation_level: 'failure', message: 'Bad pin' },
        {
          path: 'other',
          start_line: 2,
          end_line: 3,
          annotation_level: 'notice',
          message: 'Elsewhere',
        },
      ],
    },
    actions: [{ label: 'Explain', description: 'Say why', identifier: 'explain' }],
  });
  return { ...world, sha, run };
}

describe('pages', () => {
  it('show a pull request: description, checks, commits, files with annotations', async () => {
    const world = await proposed();
    const talk = await read(world, '/acme/images/pull/1');
    expect(talk.text).toContain('Move &lt;nova&gt;');
    expect(talk.source).toContain('<strong>1</strong>');
    expect(talk.source).not.toContain('<script>');
    expect(talk.text).toContain('✕ pinwheel/patches One conflict');
    expect(talk.text).toContain('No conflicts with the base branch.');
    expect((await read(world, '/acme/images/pull/1/commits')).text).toContain('Verified');
    const files = await read(world, '/acme/images/pull/1/files');
    expect(files.text).toContain('1 file changed, 1 addition, 1 deletion');
    expect(files.text).toMatch(/\+nova: &quot;&lt;b&gt;&quot; .* Bad pin/);
    expect(files.text).toMatch(/did not change .*other:2–3 .*Elsewhere/);
    expect((await read(world, '/acme/images/pull/1/checks')).source).toContain('<strong>Look');
    const check = await read(world, `/acme/images/runs/${world.run.id}`);
    expect(check.text).toMatch(/failure Pinwheel on .* #1 .*Explain/);
    // What the API calls html_url is a page.
    expect(world.run.html_url).toBe(`${world.github.url}/acme/images/runs/${world.run.id}`);
  });

  it('show what there is, and say when there is nothing', async () => {
    const world = await proposed();
    const { sha } = world;
    expect((await read(world, '/')).text).toContain('1 open pull requests');
    expect((await read(world, '/acme/images')).text).toContain('First commit');
    expect((await read(world, '/acme/images/pulls')).text).toContain('1 open');
    expect((await read(world, '/acme/images/issues?state=closed')).text).toContain('None.');
    expect((await read(world, `/acme/images/commit/${sha}`)).text).toContain('pinwheel/patches');
    expect((await read(world, `/acme/images/compare/main...topic`)).text).toContain(pins);
    expect((await read(world, `/acme/images/blob/topic/${pins}`)).text).toContain('&lt;b&gt;');
    expect((await read(world, `/acme/images/raw/topic/${pins}`)).source).toBe('nova: "<b>"\n');
    expect((await read(world, '/acme/images/issues/1')).text).toContain('wants to merge');
    expect((await read(world, '/apps/pinwheel')).text).toContain('all repositories');
    for (const path of ['/x/y', '/acme/images/pull/9', '/acme/images/blob/no/x', '/apps/none']) {
      expect(await read(world, path)).toMatchObject({ status: 404 });
    }
    expectNoViolations(world.github);
  });

  it('have buttons, which somebody presses who may', async () => {
    const world = await proposed();
    const { octokit } = world;
    const pull = '/acme/images/pull/1';
    await send(world, pull, { do: 'comment', body: 'Hello' });
    await send(world, pull, { do: 'close' });
    const { data: issue } = await octokit.issues.get({ ...here, issue_number: 1 });
    expect([issue.comments, issue.state, issue.closed_by?.login]).toEqual([1, 'closed', 'alice']);
    await send(world, pull, { do: 'reopen' });
    await send(world, `/acme/images/runs/${world.run.id}`, { do: 'rerequest' });
    expect((await send(world, pull, { do: 'merge' })).status).toBe(302);
    expect((await read(world, pull)).text).toMatch(/Merged by .*alice/);
    expect((await send(world, pull, { do: 'dance' })).status).toBe(422);
    expectNoViolations(world.github);
  });

  it('show workflow runs, their jobs and logs', async () => {
    const world = await testWorld();
    const { github, octokit } = world;
    const path = '.github/workflows/build.yaml';
    const text = 'name: Build\non: { workflow_dispatch: { inputs: { cells: {} } } }\n';
    await github.as('alice').push({ branch: 'main', files: { [path]: text }, message: 'Build' });
    github.runActions('acme/images', () => [
      { name: 'nova', conclusion: 'failure', log: '2026-01-05T08:00:00.0Z first\nE: <second>\n' },
      { name: 'later', needs: ['nova'] },
    ]);
    expect((await read(world, '/acme/images/actions')).text).toContain('Nothing was run yet.');
    const asked = { ...here, workflow_id: 'build.yaml', ref: 'main', inputs: { cells: '["a"]' } };
    await octokit.actions.createWorkflowDispatch(asked);
    await github.settled();
    const { data } = await octokit.actions.listWorkflowRunsForRepo(here);
    const [run] = data.workflow_runs;
    const { data: listed } = await octokit.actions.listJobsForWorkflowRun({
      ...{ ...here, run_id: run?.id ?? 0 },
    });
    expect((await read(world, '/acme/images/actions')).text).toContain('Build #1 · 2 jobs');
    // What the API calls html_url is a page.
    const shown = await read(world, new URL(run?.html_url ?? '').pathname);
    expect(shown.text).toMatch(/✕ nova failure in 0 s .*■ later skipped .*\[&quot;a&quot;\]/);
    const job = await read(world, new URL(listed.jobs[0]?.html_url ?? '').pathname);
    expect(job.text).toMatch(/1 first 2 E: &lt;second&gt;/);
    expect((await read(world, '/acme/images/actions/runs/1')).status).toBe(404);
    expect((await fetch(`${github.url}/assets/live.js`)).status).toBe(200);
    expectNoViolations(github);
  });

  it('take no form of another site', async () => {
    const world = await proposed();
    const response = await fetch(`${world.github.url}/acme/images/pull/1`, {
      method: 'POST',
      headers: {
        origin: 'https://evil.example',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'do=close',
    });
    expect(response.status).toBe(403);
  });
});

describe('making an App from its manifest', () => {
  const manifest = {
    name: 'Pinwheel for acme',
    url: 'https://pinwheel.example/',
    redirect_url: 'http://127.0.0.1:3000/setup/done',
    setup_url: 'http://127.0.0.1:3000/setup/installed',
    hook_attributes: { url: 'http://127.0.0.1:3000/hooks' },
    default_permissions: { checks: 'write', contents: 'write' },
    default_events: ['push'],
  };

  it('goes from the form over its page to the code, the key and the installation', async () => {
    const world = await testWorld();
    const { github } = world;
    const form = await send(world, '/organizations/acme/settings/apps/new?state=s1', {
      manifest: JSON.stringify(manifest),
    });
    expect(await form.text()).toContain('Create GitHub App');
    const made = await send(world, '/settings/apps', {
      ...{ manifest: JSON.stringify(manifest), owner: 'acme', state: 's1' },
    });
    const back = new URL(made.headers.get('location') ?? '');
    expect(`${back.origin}${back.pathname}`).toBe(manifest.redirect_url);
    expect(back.searchParams.get('state')).toBe('s1');
    const code = back.searchParams.get('code') ?? '';
    const { request: api } = new Octokit({ baseUrl: github.apiUrl, log: silent });
    const { data } = await api('POST /app-manifests/{code}/conversions', { code });
    expect(data).toMatchObject({ slug: 'pinwheel-for-acme', owner: { login: 'acme' } });
    expect(data.webhook_secret).toMatch(/^[0-9a-f]{40}$/);
    await expect(api('POST /app-manifests/{code}/conversions', { code })).rejects.toThrow();
    const installed = await send(world, '/apps/pinwheel-for-acme/installations/new', {
      ...{ account: 'acme', repository: 'acme/images' },
    });
    const next = new URL(installed.headers.get('location') ?? '');
    const auth = createAppAuth({ appId: data.id, privateKey: data.pem, request: api });
    const { token } = await auth({
      ...{ type: 'installation', installationId: Number(next.searchParams.get('installation_id')) },
    });
    const { data: mine } = await api('GET /installation/repositories', {
      headers: { authorization: `token ${token}` },
    });
    expect(mine.repositories.map(({ full_name }) => full_name)).toEqual(['acme/images']);
    expectNoViolations(github);
  });

  it.each([
    ['no JSON', 'x', /not valid JSON/],
    ['no address', JSON.stringify({ name: 'X' }), /has no url, redirect_url/],
    ['a name that is taken', JSON.stringify({ ...manifest, name: 'Pinwheel' }), /already taken/],
    ['a name that is too long', JSON.stringify({ ...manifest, name: 'x'.repeat(35) }), /34/],
  ])('is refused with %s', async (_, text, complaint) => {
    const world = await testWorld();
    const response = await send(world, '/settings/apps/new', { manifest: text });
    expect(response.status).toBe(422);
    expect(await response.text()).toMatch(complaint);
  });
});
