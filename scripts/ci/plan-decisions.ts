/** What started a run of the workflow. */
export interface Event {
  readonly name: string;
  readonly commit: string;
  readonly publish: boolean;
  /** JSON of what `pinwheel plan --json` calls cells, or names; empty for what the event is about. */
  readonly cells: string;
  /** The commit to compare with; empty where there is none. */
  readonly base: string;
  readonly defaultBranch: string;
}

export interface PlanCell {
  readonly service: string;
  readonly series: string;
  readonly version: string;
  readonly digest: string;
  /** Series whose image it is as well. */
  readonly sharedBy: readonly string[];
  readonly reason?: string;
}

/** Cells of one call of the reusable workflow. */
export interface Shard {
  readonly index: number;
  readonly cells: readonly Omit<PlanCell, 'reason'>[];
}

/** GitHub starts at most 256 jobs of a matrix, and each cell has two platforms. */
const largestShard = 120;

/** An output of a job holds less than the reasons of many cells, so they stay behind. */
export function shard(cells: readonly PlanCell[]): readonly Shard[] {
  const count = Math.ceil(cells.length / largestShard);
  return Array.from({ length: count }, (_, index) => ({
    index,
    cells: cells
      .slice(index * largestShard, (index + 1) * largestShard)
      .map(({ service, series, version, digest, sharedBy }) => ({
        ...{ service, series, version, digest, sharedBy },
      })),
  }));
}

/**
 * The moment of Ubuntu's archive, as apt names it, that a run takes packages from: the begin of its hour, so that
 * all its images have the same, and a rebuild has what is fixed by then. The repository's variable may name
 * another moment, or `none` for the archive as it is at each step.
 */
export function aptSnapshot(asked: string, now: Date): string {
  if (asked === 'none') return '';
  if (asked === '') return `${now.toISOString().slice(0, 13).replaceAll('-', '')}0000Z`;
  if (/^\d{8}T\d{6}Z$/.test(asked)) return asked;
  throw new Error(
    `APT_SNAPSHOT: ${asked.slice(0, 40)}: give a moment as 20261122T100000Z, or none`,
  );
}

export type Publish =
  | { readonly publish: boolean; readonly branch?: string; readonly refused?: undefined }
  | { readonly refused: string };

/**
 * Only what a maintained branch holds is published: whoever dispatches, a commit of a pull request or
 * of a fork can be tried, never pushed. A pull request publishes nothing, a push to a branch does.
 */
export function decidePublish(event: Event, branches: readonly string[]): Publish {
  const wanted = event.name === 'push' || (event.name === 'workflow_dispatch' && event.publish);
  if (!wanted) return { publish: false };
  const maintained = branches.filter(
    (name) => name === event.defaultBranch || name.startsWith('stable/'),
  );
  const branch = maintained.includes(event.defaultBranch) ? event.defaultBranch : maintained[0];
  if (branch !== undefined) return { publish: true, branch };
  return { refused: `${event.commit} is on no maintained branch, so it cannot be published` };
}

/** The cells that were asked for; `undefined` where the event does not say. */
export function cellNames({ name, cells }: Event): readonly string[] | undefined {
  if (name !== 'workflow_dispatch' || cells.trim() === '') return undefined;
  const asked: unknown = JSON.parse(cells);
  if (!Array.isArray(asked)) throw new Error('cells: give a JSON list');
  return asked.map((cell: unknown) => {
    if (typeof cell === 'string') return cell;
    const { service, series } = cell as { service?: unknown; series?: unknown };
    if (typeof service === 'string' && typeof series === 'string') return `${service}/${series}`;
    throw new Error('cells: each is a name such as "nova/2025.2", or has a service and a series');
  });
}

/** The commit whose images are there already; `undefined` to build all of them. */
export function changedSince({ name, base }: Event): string | undefined {
  // The first push of a branch names forty zeros.
  return name === 'workflow_dispatch' || !/^(?!0{40})[0-9a-f]{40}$/.test(base) ? undefined : base;
}
