import { isOurEvent } from './webhook.ts';

/** Of events with many actions those that ask for something which nobody asks for later. */
const lastingActions: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'pull_request',
    [
      ...['opened', 'synchronize', 'reopened', 'edited'],
      ...['labeled', 'unlabeled', 'ready_for_review'],
    ],
  ],
  ['check_run', ['rerequested', 'requested_action']],
  ['check_suite', ['rerequested']],
  ['issue_comment', ['created', 'edited']],
  // What goes on is looked at every minute; what had ended and is run again is not.
  ['workflow_run', ['completed']],
  ['workflow_job', []],
]);

/** False for a webhook that does no harm by never coming. */
export function isMissed(event: string, action: string | undefined): boolean {
  if (!isOurEvent(event)) return false;
  return action === undefined || (lastingActions.get(event)?.includes(action) ?? true);
}
