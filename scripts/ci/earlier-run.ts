import { setTimeout as sleep } from 'node:timers/promises';

/** A run of the workflow, and how to ask GitHub about others. */
export interface AskedRun {
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  readonly id: number;
  /** The id in its name; empty where nobody gave one. */
  readonly correlation: string;
}

const tries = 3;

/**
 * Whether an earlier run has the same correlation id. Who asks for a run and gets no answer asks again, and
 * nothing is to be built twice; the runs of one id are one after the other, so the earlier one is known.
 */
export async function hasEarlierRun(run: AskedRun): Promise<boolean> {
  if (run.correlation === '') return false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await listRuns(run)).some(
        ({ id, display_title: title }) => id < run.id && title.split(' ').includes(run.correlation),
      );
    } catch (error) {
      if (attempt === tries) throw error;
      await sleep(attempt * 2000);
    }
  }
}

interface ListedRun {
  readonly id: number;
  readonly display_title: string;
}

async function listRuns({ apiUrl, repository, token }: AskedRun): Promise<readonly ListedRun[]> {
  const path = 'actions/workflows/build-images.yaml/runs?event=workflow_dispatch&per_page=100';
  const answer = await fetch(`${apiUrl}/repos/${repository}/${path}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
  });
  if (!answer.ok) throw new Error(`GitHub does not list the runs: ${answer.status}`);
  const { workflow_runs: runs } = (await answer.json()) as {
    readonly workflow_runs: readonly ListedRun[];
  };
  return runs;
}
