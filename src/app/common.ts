import { createWorld } from './world.ts';
import type { World } from './world.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly repo: string;
  readonly upstream: readonly string[];
  readonly json?: true;
  readonly debug?: true;
}

/** Runs some work in the world of the options, and leaves no connection behind. */
export async function withWorld<T>(
  { repo, upstream }: CommonOptions,
  work: (world: World) => Promise<T>,
): Promise<T> {
  const world = createWorld({ repo, templates: upstream });
  try {
    return await work(world);
  } finally {
    world.close();
  }
}
