import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storyAfter } from '../sandbox/demo-story.ts';
import { serveGit } from '../sandbox/git-http.ts';
import { makeOpenStack } from '../sandbox/openstack.ts';
import { serveReplay } from '../sandbox/replay.ts';
import type { Recording } from '../sandbox/replay.ts';
import { makeRealUpstreams, realUpstreamsCache } from '../test/support/real-upstreams.ts';
import { hasRealData } from './data.ts';

/** Runs some work on bare repositories that lie by name below one folder. */
export async function withUpstreams<T>(work: (root: string) => Promise<T>): Promise<T> {
  if (hasRealData) return work(await makeRealUpstreams(realUpstreamsCache));
  return withFolder(async (root) => {
    await makeOpenStack(root, storyAfter());
    return work(root);
  });
}

/** What a live server answers to the work of `ask`, to be given out again without that server's cost. */
export async function record(
  root: string,
  ask: (url: string) => Promise<void>,
): Promise<Recording> {
  const recording: Recording = new Map();
  const live = await serveGit(root);
  const recorder = await serveReplay({ recording, live: live.url });
  try {
    await ask(recorder.url);
  } finally {
    await recorder.close();
    await live.close();
  }
  return recording;
}

/** A folder that is gone when the work is done. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pinwheel-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
