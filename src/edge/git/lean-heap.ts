import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** From so many on the heap is kept small; below, it is small anyway. */
const many = 5;

/**
 * Says of how many repositories files were read in this process. What is left of each is mostly what nobody
 * needs any more: V8 would let its heap grow to double, and 64 MB of files beside it, before it looks. From
 * the start of a process that is a tenth of its time, so it is asked for where it counts.
 */
export function createLeanHeap(): (repository: string) => void {
  const seen = new Set<string>();
  let isLean = false;
  return (repository) => {
    if (isLean) return;
    seen.add(repository);
    isLean = seen.size === many;
    if (isLean) keepSmall();
  };
}

/** What V8 allows itself follows from its last look, so that it has to look now. Node has no other call for it. */
function keepSmall(): void {
  setFlagsFromString('--heap-growing-percent=40');
  setFlagsFromString('--expose-gc');
  const look = runInNewContext('globalThis.gc') as (() => void) | undefined;
  look?.();
}
