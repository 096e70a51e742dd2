import { describe, expect, it } from 'vitest';
import { readWebhook } from './webhook.ts';

const about = {
  installation: { id: 1 },
  repository: { name: 'images', owner: { login: 'acme' } },
};
const alice = { login: 'alice', type: 'User' };

function comment(body: string, change: object = {}) {
  return {
    ...{ ...about, action: 'created', sender: alice, issue: { number: 7 } },
    comment: { id: 70, body, user: alice },
    ...change,
  };
}

describe('a comment', () => {
  it('with a line that may be a command is looked at', () => {
    expect(readWebhook('issue_comment', comment('Please\n/rebuild nova 2025.2'))).toMatchObject({
      ...{ kind: 'commented', issue: 7, comment: 70 },
    });
    expect(readWebhook('issue_comment', comment('/x', { action: 'edited' }))).toMatchObject({
      editor: 'alice',
    });
  });

  it.each([
    ['of a bot', comment('/x', { sender: { login: 'x[bot]', type: 'Bot' } })],
    ['that was deleted', comment('/x', { action: 'deleted' })],
    ['without a command', comment('fine')],
  ])('%s asks for nothing', (_, payload) => {
    expect(readWebhook('issue_comment', payload)).toMatchObject({ kind: 'unwanted' });
  });
});

it('knows a run of ours by its name, and any other by its id', () => {
  const name = `Build pw-${'a'.repeat(20)}-3`;
  expect(
    readWebhook('workflow_run', { ...about, workflow_run: { id: 9, display_title: name } }),
  ).toMatchObject({
    ...{ kind: 'run-moved', run: 9, correlation: `pw-${'a'.repeat(20)}-3` },
  });
  expect(readWebhook('workflow_job', { ...about, workflow_job: { run_id: 9 } })).toMatchObject({
    kind: 'run-moved',
    run: 9,
  });
});

it('takes a re-run of the images, of another check, and of all of them apart', () => {
  const head = { head_sha: 'a'.repeat(40) };
  const again = { ...about, action: 'rerequested', sender: alice };
  expect(
    readWebhook('check_run', { ...again, check_run: { ...head, name: 'pinwheel/images' } }),
  ).toMatchObject({ kind: 'images-wanted', suite: false });
  expect(
    readWebhook('check_run', { ...again, check_run: { ...head, name: 'pinwheel/config' } }),
  ).toMatchObject({ kind: 'checks-wanted' });
  expect(readWebhook('check_suite', { ...again, check_suite: head })).toMatchObject({
    kind: 'images-wanted',
    suite: true,
  });
});
