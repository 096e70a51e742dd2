import { expect, it } from 'vitest';
import { isMissed } from './missed-webhook.ts';

it.each([
  ['push', undefined, true],
  ['pull_request', 'opened', true],
  ['pull_request', 'assigned', false],
  ['issue_comment', 'edited', true],
  ['check_run', 'requested_action', true],
  ['check_run', 'completed', false],
  ['workflow_run', 'completed', true],
  ['workflow_job', 'queued', false],
  ['installation', 'created', true],
  ['star', 'created', false],
])('a missed webhook is asked for where it matters: %s %s', (event, action, expected) => {
  expect(isMissed(event, action)).toBe(expected);
});
