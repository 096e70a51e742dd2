import { isBuilding } from '../../core/model/build.ts';
import type { Build, BuildCell } from '../../core/model/build.ts';
import { fullName } from '../../core/model/repository.ts';
import type { RepositoryName } from '../../core/model/repository.ts';
import { wanting } from './database.ts';
import type { Database, Executor } from './database.ts';
import { buildLocks } from './locks.ts';

/**
 * What is built, and how far it is. A row for each cell stands here before GitHub is asked for anything, so
 * that whatever is killed, somebody comes back to it.
 */
export interface BuildLedger {
  /** False where one with this id stands there already. */
  readonly add: (build: Build) => Promise<boolean>;
  /**
   * Adds what is made of the builds that a commit has, one at a time for each commit; gives it as it stands
   * there, which is older where it was added before.
   */
  readonly addFor: (
    repository: RepositoryName,
    head: string,
    make: (there: readonly Build[]) => Build | undefined,
  ) => Promise<Build | undefined>;
  readonly get: (id: string) => Promise<Build | undefined>;
  /** Changes one build at a time; gives what it is afterwards. */
  readonly change: (id: string, by: (build: Build) => Build) => Promise<Build | undefined>;
  /** Of one commit, the newest first. */
  readonly at: (repository: RepositoryName, head: string) => Promise<readonly Build[]>;
  /** Those that have not ended, or whose end was not told, of one repository or of all, the oldest first. */
  readonly open: (repository?: RepositoryName) => Promise<readonly Build[]>;
  /** Those that commands of a comment asked for. */
  readonly ofComment: (repository: RepositoryName, comment: number) => Promise<readonly Build[]>;
  /** Id of the build that a run belongs to. */
  readonly ofRun: (repository: RepositoryName, run: number) => Promise<string | undefined>;
}

interface BuildRow {
  readonly build: Omit<Build, 'cells'>;
  readonly cells: readonly BuildCell[] | null;
}

const columns = `b.build, (
  select json_agg(c.cell order by c.position) from pinwheel.build_cells c where c.build = b.id
) as cells`;

export function buildLedger(database: Database): BuildLedger {
  async function found(rest: string, values: readonly unknown[]): Promise<readonly Build[]> {
    const rows = await wanting('read builds', () =>
      database.query<BuildRow>(`select ${columns} from pinwheel.builds b ${rest}`, values),
    );
    return rows.map(asBuild);
  }
  return {
    add: (build) =>
      wanting('keep a build', () => database.transaction((tx) => insert(tx, build), 20_000)),
    addFor: (repository, head, make) =>
      wanting('keep a build', () =>
        database.transaction(async (tx) => {
          const lock = `${nameOf(repository)} ${head}`;
          await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [buildLocks, lock]);
          const rows = await tx.query<BuildRow>(
            `select ${columns} from pinwheel.builds b where b.repository = $1 and b.head = $2`,
            [nameOf(repository), head],
          );
          const there = rows.map(asBuild);
          const build = make(there);
          if (build) await insert(tx, build);
          return there.find(({ id }) => id === build?.id) ?? build;
        }, 20_000),
      ),
    get: async (id) => (await found('where b.id = $1', [id]))[0],
    change: (id, by) => wanting('change a build', () => change(database, id, by)),
    at: (repository, head) =>
      found('where b.repository = $1 and b.head = $2 order by b.created_at desc, b.id', [
        nameOf(repository),
        head,
      ]),
    open: (repository) =>
      found(
        'where b.is_open and ($1::text is null or b.repository = $1) order by b.created_at, b.id',
        [repository ? nameOf(repository) : null],
      ),
    ofComment: (repository, comment) =>
      found(
        "where b.repository = $1 and b.build->'cause'->>'comment' = $2 order by b.created_at, b.id",
        [nameOf(repository), String(comment)],
      ),
    ofRun: async (repository, run) => {
      const rows = await wanting('look up a run', () =>
        database.query<{ build: string }>(
          'select build from pinwheel.build_runs where repository = $1 and run = $2',
          [nameOf(repository), run],
        ),
      );
      return rows[0]?.build;
    },
  };
}

function asBuild({ build, cells }: BuildRow): Build {
  return { ...build, cells: cells ?? [] };
}

/** One that has ended is not forgotten before somebody was told. */
function isUnfinished(build: Build): boolean {
  return isBuilding(build) || build.told !== true;
}

/** They have rows of their own. */
function withoutCells(build: Build): string {
  return JSON.stringify({ ...build, cells: undefined });
}

/** GitHub's names are the same in small letters. */
function nameOf(repository: RepositoryName): string {
  return fullName(repository).toLowerCase();
}

async function insert(tx: Executor, build: Build): Promise<boolean> {
  const rows = await tx.query(
    `insert into pinwheel.builds (id, repository, head, build, is_open, created_at)
       values ($1, $2, $3, $4, $5, to_timestamp($6::float8)) on conflict do nothing returning id`,
    [
      build.id,
      nameOf(build.repository),
      build.head,
      withoutCells(build),
      isUnfinished(build),
      build.createdAt / 1000,
    ],
  );
  if (rows.length === 0) return false;
  await writeCells(tx, build);
  return true;
}

async function change(
  database: Database,
  id: string,
  by: (build: Build) => Build,
): Promise<Build | undefined> {
  return database.transaction(async (tx) => {
    await tx.query('select 1 from pinwheel.builds where id = $1 for update', [id]);
    const [row] = await tx.query<BuildRow>(
      `select ${columns} from pinwheel.builds b where b.id = $1`,
      [id],
    );
    if (!row) return undefined;
    const before = asBuild(row);
    const after = by(before);
    if (JSON.stringify(after) === JSON.stringify(before)) return after;
    await tx.query('update pinwheel.builds set build = $2, is_open = $3 where id = $1', [
      id,
      withoutCells(after),
      isUnfinished(after),
    ]);
    await writeCells(tx, after);
    await writeRuns(tx, after);
    return after;
  }, 20_000);
}

async function writeCells(tx: Executor, { id, cells }: Build): Promise<void> {
  await tx.query(
    `insert into pinwheel.build_cells (build, position, cell)
     select $1, c.ordinality, c.value from jsonb_array_elements($2::jsonb) with ordinality as c
     on conflict (build, position) do update set cell = excluded.cell
     where build_cells.cell <> excluded.cell`,
    [id, JSON.stringify(cells)],
  );
}

async function writeRuns(tx: Executor, { id, repository, runs }: Build): Promise<void> {
  for (const { run } of runs) {
    if (!run) continue;
    await tx.query(
      `insert into pinwheel.build_runs (repository, run, build) values ($1, $2, $3)
       on conflict do nothing`,
      [nameOf(repository), run.id, id],
    );
  }
}

/** For so long people press buttons of old checks, and ask what was built. */
const keepBuildDays = 90;

/** Those that have not ended stay. What was asked for in comments does too: an edit is no reason to do it again. */
export async function pruneBuilds(database: Executor): Promise<void> {
  await database.query(
    `delete from pinwheel.builds
     where not is_open and created_at < now() - $1 * interval '1 day'`,
    [keepBuildDays],
  );
}
