import type { JobRequest } from '../model/job.ts';
import { fullName } from '../model/repository.ts';

/** A job in a few words, for logs and lists. */
export function jobWords(request: JobRequest): string {
  switch (request.kind) {
    case 'sweep':
    case 'sweep-if-due':
      return `${request.kind} ${fullName(request.repository)}`;
    case 'push':
      return `push ${fullName(request.repository)} ${request.branch}`;
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
