import pg from 'pg';
import { asStoreFailure, isAway, oneLine } from './failure.ts';
import type { SocketConnection } from './private-server.ts';

/** Runs one statement: on the pool, or in a transaction. */
export interface Executor {
  readonly query: <Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ) => Promise<readonly Row[]>;
}

/** Statements of one transaction. */
export interface Transaction extends Executor {
  /** Sends a statement without parameters together with the commit: it costs no way of its own. */
  readonly atCommit: (text: string) => void;
}

export interface Database extends Executor {
  readonly connection: pg.ClientConfig;
  /** All or nothing. Rejected work is undone; where the commit itself fails it may have happened. */
  readonly transaction: <T>(work: (tx: Transaction) => Promise<T>, limitMs: number) => Promise<T>;
  readonly close: () => Promise<void>;
}

export interface DatabaseOptions {
  readonly connection: string | SocketConnection;
  readonly connections: number;
  readonly onIdleError: (why: string) => void;
}

/** A statement of the housekeeping may take this long; those of webhooks get less. */
const statementLimit = "set statement_timeout = '60s'; set lock_timeout = '20s'";

export function openDatabase(options: DatabaseOptions): Database {
  const connection: pg.ClientConfig = {
    ...(typeof options.connection === 'string'
      ? { connectionString: options.connection }
      : options.connection),
    application_name: 'pinwheel',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  };
  const pool = new pg.Pool({
    ...connection,
    max: options.connections,
    onConnect: limitStatements,
  });
  pool.on('error', (error) => {
    options.onIdleError(oneLine(error));
  });
  const statements = new Map<string, string>();
  return {
    connection,
    query: (text, values) => run(pool, { text, values }),
    transaction: (work, limitMs) => inTransaction({ pool, statements, work, limitMs }),
    close: () => pool.end(),
  };
}

/** By statement and not by startup parameter: poolers in between refuse those that they do not know. */
function limitStatements(client: pg.ClientBase): unknown {
  // The pool waits for what this returns, though its type does not say so.
  return client.query(statementLimit);
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[] | undefined;
  /** With a name it is parsed once per connection. */
  readonly name?: string;
}

async function run<Row extends pg.QueryResultRow>(
  on: pg.Pool | pg.PoolClient,
  { text, values, name }: Statement,
): Promise<readonly Row[]> {
  if (values === undefined) return rowsOf<Row>(await on.query<Row>(text));
  const named = name === undefined ? {} : { name };
  return rowsOf<Row>(await on.query<Row>({ text, values: [...values], ...named }));
}

/** Several statements in one text give an array of results, most of them empty. */
function rowsOf<Row extends pg.QueryResultRow>(
  result: pg.QueryResult<Row> | readonly pg.QueryResult<Row>[],
): readonly Row[] {
  if ('rows' in result) return result.rows;
  return result.flatMap(({ rows }) => rows);
}

interface TransactionJob<T> {
  readonly pool: pg.Pool;
  readonly statements: Map<string, string>;
  readonly work: (tx: Transaction) => Promise<T>;
  readonly limitMs: number;
}

async function inTransaction<T>(job: TransactionJob<T>): Promise<T> {
  const client = await job.pool.connect();
  let broken: Error | undefined;
  function onError(error: Error): void {
    broken = error;
  }
  client.on('error', onError);
  try {
    await client.query(
      `begin; set local statement_timeout = ${Math.max(1, Math.round(job.limitMs))}`,
    );
    const last = new Set<string>();
    const result = await job.work({
      atCommit: (text) => void last.add(text),
      query: (text, values) =>
        run(client, { text, values, ...(values ? { name: nameOf(text, job.statements) } : {}) }),
    });
    await client.query([...last, 'commit'].join('; '));
    return result;
  } catch (error) {
    broken ??= await undo(client, error);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** The reason to throw the connection away, if there is one. */
async function undo(client: pg.PoolClient, error: unknown): Promise<Error | undefined> {
  if (isAway(error)) return error instanceof Error ? error : new Error('the connection is gone');
  try {
    await client.query('rollback');
    return undefined;
  } catch (failed) {
    return failed instanceof Error ? failed : new Error('rollback failed');
  }
}

/** More texts than this are not parsed in advance: each costs memory in every connection. */
const mostStatements = 200;

function nameOf(text: string, statements: Map<string, string>): string {
  const known = statements.get(text);
  if (known !== undefined) return known;
  if (statements.size >= mostStatements) return '';
  const name = `pinwheel_${statements.size}`;
  statements.set(text, name);
  return name;
}

/** Passes a failure on as one line that says what was wanted. */
export async function wanting<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStoreFailure(error, what);
  }
}
