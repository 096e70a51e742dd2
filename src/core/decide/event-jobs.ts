import type { AppEvent } from '../model/event.ts';
import type { JobRequest } from '../model/job.ts';

/** What is to be done about an event: jobs that look for themselves. */
export function jobsFor(event: AppEvent): readonly JobRequest[] {
  switch (event.kind) {
    case 'installed':
      return event.repositories.map((repository) => ({ kind: 'sweep', repository }));
    case 'pushed':
      // Not a sweep at once: of two that wait the newest counts, and that may be of a topic branch.
      return [{ kind: 'push', repository: event.repository, branch: event.branch }];
    case 'head-changed':
      return [{ kind: 'check', repository: event.repository, head: event.head, pull: event.pull }];
    case 'checks-wanted':
      return [{ kind: 'check', repository: event.repository, head: event.head, again: true }];
    case 'action-requested':
      return [{ kind: event.action, repository: event.repository, head: event.head }];
  }
}
