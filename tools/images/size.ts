import type { Engine } from './engine.ts';

/** All files of an image, as they lie on a disk. What an engine calls size is, or is not, compressed. */
export async function unpackedBytes({ docker }: Engine, image: string): Promise<number> {
  const run = ['run', '--rm', '--network=none', '--user=0', '--entrypoint=du', image];
  return Number.parseInt(await docker([...run, '-sxB1', '/']), 10);
}
