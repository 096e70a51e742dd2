import type { AppEvent } from '../model/event.ts';
import { buildOf } from '../model/build.ts';
import type { JobRequest } from '../model/job.ts';

/** What is to be done about an event: jobs that look for themselves. */
export function jobsFor(event: AppEvent): readonly JobRequest[] {
  switch (event.kind) {
    case 'installed':
      return event.repositories.map((repository) => ({ kind: 'sweep', repository }));
    case 'pushed':
      // Not a sweep at once: of two that wait the newest counts, and that may be of a topic branch.
      return [
        { kind: 'push', repository: event.repository, branch: event.branch },
        ...builtPush(event),
      ];
    case 'head-changed':
      return [
        { kind: 'check', repository: event.repository, head: event.head, pull: event.pull },
        { kind: 'build', repository: event.repository, head: event.head },
        ...ofBot(event),
      ];
    case 'pull-marked':
      return [helpMerge(event)];
    case 'group-made':
      return groupJobs(event);
    case 'checks-wanted':
      return [{ kind: 'check', repository: event.repository, head: event.head, again: true }];
    case 'action-requested':
      return [pressed(event)];
    case 'images-wanted':
      return imagesJobs(event);
    case 'commented':
      return [commanded(event)];
    case 'run-moved':
      return event.correlation === undefined
        ? [{ kind: 'report-run', repository: event.repository, run: event.run }]
        : [{ kind: 'report-build', build: buildOf(event.correlation) }];
  }
}

type EventOf<Kind extends AppEvent['kind']> = Extract<AppEvent, { readonly kind: Kind }>;

function commanded({ repository, issue, comment, editor }: EventOf<'commented'>): JobRequest {
  const edited = editor === undefined ? {} : { editor };
  return { kind: 'command', repository, issue, comment, ...edited };
}

function groupJobs({ repository, head, group }: EventOf<'group-made'>): readonly JobRequest[] {
  return [
    { kind: 'check', repository, head, group },
    { kind: 'build', repository, head, group },
  ];
}

function ofBot(event: EventOf<'head-changed'>): readonly JobRequest[] {
  return event.ofBot ? [helpMerge(event)] : [];
}

function helpMerge({ repository, pull }: EventOf<'head-changed' | 'pull-marked'>): JobRequest {
  return { kind: 'help-merge', repository, pull };
}

/** Each push has one of its own: what came between two of them is built as well. */
function builtPush({ repository, branch, moved }: EventOf<'pushed'>): readonly JobRequest[] {
  if (!moved) return [];
  const { head, before } = moved;
  return [{ kind: 'build', repository, head, pushed: { branch, before } }];
}

function pressed({ repository, head, action, by }: EventOf<'action-requested'>): JobRequest {
  return action === 'update-lock'
    ? { kind: action, repository, head }
    : { kind: 'press', repository, head, action, by };
}

function imagesJobs({ repository, head, suite }: EventOf<'images-wanted'>): readonly JobRequest[] {
  const build: JobRequest = { kind: 'build', repository, head, again: true };
  return suite ? [{ kind: 'check', repository, head, again: true }, build] : [build];
}
