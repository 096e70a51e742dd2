import { setFlagsFromString } from 'node:v8';

/** From so many on the heap is kept small; below, it is small anyway. */
const many = 10;

/**
 * Says of how many repositories files were read in this process. What is left of each in the heap is mostly
 * what nobody needs any more: V8 would let it grow to double before it looks. From the start of a process
 * that is a tenth of its time, so it is asked for where it counts.
 */
export function createLeanHeap(): (repository: string) => void {
  const seen = new Set<string>();
  return (repository) => {
    seen.add(repository);
    if (seen.size === many) setFlagsFromString('--heap-growing-percent=40');
  };
}
