import { fullName } from '../../core/model/repository.ts';
import type { RepositoryName } from '../../core/model/repository.ts';
import { wanting } from './database.ts';
import type { Database } from './database.ts';

/** A command that somebody wrote, and what became of it. */
export interface KeptRequest {
  readonly comment: number;
  /** Counts the commands of a comment from 0, through all of its edits. */
  readonly position: number;
  readonly issue: number;
  readonly login: string;
  /** As it was written. */
  readonly text: string;
  readonly result: 'new' | 'working' | 'done' | 'refused';
  /** Markdown. */
  readonly reply: string;
  /** That it is so stands in the reply to the comment. */
  readonly told: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Commands that were taken: none is taken twice, and none too many. */
export interface RequestBook {
  /** Those of a comment, in their order. */
  readonly of: (repository: RepositoryName, comment: number) => Promise<readonly KeptRequest[]>;
  /** Those of a repository since then, that were not refused. */
  readonly since: (repository: RepositoryName, at: number) => Promise<readonly KeptRequest[]>;
  /** Writes them down; those that stand there already are changed in what became of them only. */
  readonly keep: (repository: RepositoryName, requests: readonly KeptRequest[]) => Promise<void>;
}

interface RequestRow extends Omit<KeptRequest, 'comment' | 'at'> {
  readonly comment: string;
  readonly at: Date;
}

const columns = 'comment, position, issue, login, text, result, reply, told, at';

export function requestBook(database: Database): RequestBook {
  async function found(rest: string, values: readonly unknown[]): Promise<readonly KeptRequest[]> {
    const rows = await wanting('read requests', () =>
      database.query<RequestRow>(`select ${columns} from pinwheel.requests where ${rest}`, values),
    );
    return rows.map(({ comment, at, ...row }) => ({
      ...row,
      comment: Number(comment),
      at: at.getTime(),
    }));
  }
  return {
    of: (repository, comment) =>
      found('repository = $1 and comment = $2 order by position', [nameOf(repository), comment]),
    since: (repository, at) =>
      found(
        "repository = $1 and at > to_timestamp($2::float8) and result <> 'refused' order by at",
        [nameOf(repository), at / 1000],
      ),
    keep: (repository, requests) =>
      wanting('keep requests', async () => {
        await database.query(
          `insert into pinwheel.requests (repository, ${columns})
           select $1, r.comment, r.position, r.issue, r.login, r.text, r.result, r.reply,
                  r.told, to_timestamp(r.at / 1000)
           from json_to_recordset($2::json) as r (comment bigint, position integer, issue integer,
             login text, text text, result text, reply text, told boolean, at float8)
           on conflict (repository, comment, position)
           do update set result = excluded.result, reply = excluded.reply, told = excluded.told`,
          [nameOf(repository), JSON.stringify(requests).replaceAll('\\u0000', '')],
        );
      }),
  };
}

function nameOf(repository: RepositoryName): string {
  return fullName(repository).toLowerCase();
}
