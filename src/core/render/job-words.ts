import type { JobRequest } from '../model/job.ts';
import { fullName } from '../model/repository.ts';

/** A job in a few words, for logs and lists. */
export function jobWords(request: JobRequest): string {
  if (isBuildRequest(request)) return buildWords(request);
  switch (request.kind) {
    case 'sweep':
    case 'sweep-if-due':
      return `${request.kind} ${fullName(request.repository)}`;
    case 'push':
      return `push ${fullName(request.repository)} ${request.branch}`;
    case 'build':
    case 'check':
    case 'end-checks':
    case 'update-lock':
      return `${request.kind} ${fullName(request.repository)} ${request.head.slice(0, 12)}`;
    case 'delivery':
      return `delivery ${request.delivery}`;
    case 'recover-deliveries':
    case 'sweep-all':
      return request.kind;
  }
}

type BuildRequest = Extract<
  JobRequest,
  {
    readonly kind:
      'press' | 'command' | 'report-build' | 'report-run' | 'report-builds' | 'help-merge';
  }
>;

function buildWords(request: BuildRequest): string {
  switch (request.kind) {
    case 'press':
      return `${request.action} ${fullName(request.repository)} ${request.head.slice(0, 12)}`;
    case 'command':
      return `command ${fullName(request.repository)}#${request.issue} ${request.comment}`;
    case 'report-build':
      return `report-build ${request.build}`;
    case 'report-run':
      return `report-run ${fullName(request.repository)} ${request.run}`;
    case 'report-builds':
      return request.kind;
    case 'help-merge':
      return `help-merge ${fullName(request.repository)}${request.pull === undefined ? '' : `#${request.pull}`}`;
  }
}

const buildKinds: readonly JobRequest['kind'][] = [
  'press',
  'command',
  'report-build',
  'report-run',
  'report-builds',
  'help-merge',
];

function isBuildRequest(request: JobRequest): request is BuildRequest {
  return buildKinds.includes(request.kind);
}
