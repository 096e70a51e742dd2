import type { JobRequest } from '../../src/core/model/job.ts';

/** A sweep of a repository by this name: jobs of one name have one key. */
export function sweep(name: string): JobRequest {
  return { kind: 'sweep', repository: { installation: 1, owner: 'some', name } };
}

export function nameOf(request: JobRequest): string {
  if (request.kind === 'delivery') return request.delivery;
  return request.kind === 'sweep' ? request.repository.name : request.kind;
}
