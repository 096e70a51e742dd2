import { protectionOf } from '../acts/pull-facts.ts';
import { moveAndFollow } from '../acts/refs.ts';
import { isAncestor } from '../git/graph.ts';
import { readObject } from '../git/objects.ts';
import { isRefName, listRefs, noObject, readRef } from '../git/refs.ts';
import type { RefMove } from '../git/refs.ts';
import type { Repository } from '../state/nouns.ts';
import type { Scene } from '../state/site.ts';

/** One of `UpdateRefsInput.refUpdates`. */
interface RefUpdate {
  /** Full name. */
  readonly name: string;
  /** All zeros: the ref must not be there. Missing: wherever it is. */
  readonly beforeOid?: string | null;
  /** All zeros: the ref goes. */
  readonly afterOid: string;
  readonly force?: boolean | null;
}

/** Why a mutation is not done, as GraphQL says it. */
export interface GraphqlProblem {
  readonly type: string;
  readonly message: string;
}

/** The mutation `updateRefs`: all refs are looked at first, and all move or none does. */
export async function updateRefs(scene: Scene, input: unknown): Promise<readonly GraphqlProblem[]> {
  const updates = readUpdates(input);
  if (!updates) return [problem('Variable $input of type UpdateRefsInput! was invalid')];
  const moves: RefMove[] = [];
  const problems: GraphqlProblem[] = [];
  for (const update of updates) {
    const move = await judge(scene, update, moves);
    if ('ref' in move) moves.push(move);
    else problems.push(move);
  }
  if (problems.length > 0) return problems;
  for (const move of moves) await moveAndFollow(scene, move);
  return [];
}

function readUpdates(input: unknown): readonly RefUpdate[] | undefined {
  const { refUpdates } = (input ?? {}) as { readonly refUpdates?: unknown };
  return Array.isArray(refUpdates) && refUpdates.length > 0 && refUpdates.every(isUpdate)
    ? refUpdates
    : undefined;
}

const objectId = /^[0-9a-f]{40}$/;

function isUpdate(value: unknown): value is RefUpdate {
  const { name, beforeOid, afterOid } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isBefore = beforeOid === undefined || beforeOid === null || isObjectId(beforeOid);
  return typeof name === 'string' && isBefore && isObjectId(afterOid);
}

function isObjectId(value: unknown): boolean {
  return typeof value === 'string' && objectId.test(value);
}

function problem(message: string, type = 'UNPROCESSABLE'): GraphqlProblem {
  return { type, message };
}

async function judge(
  { repository }: Scene,
  { name: ref, beforeOid, afterOid, force }: RefUpdate,
  others: readonly RefMove[],
): Promise<RefMove | GraphqlProblem> {
  if (!isRefName(ref)) return problem(`${ref} is not a valid ref name.`);
  if (others.some((other) => other.ref === ref)) return problem(`${ref} is named twice`);
  const is = (await readRef(repository.dir, ref)) ?? noObject;
  const wanted = beforeOid ?? is;
  if (wanted !== is) return problem(`cannot lock ref '${ref}': is at ${is} but expected ${wanted}`);
  const move = { ref, before: present(is), after: present(afterOid) };
  return (await refused(repository, move, force === true)) ?? move;
}

function present(oid: string): string | undefined {
  return oid === noObject ? undefined : oid;
}

async function refused(
  repository: Repository,
  move: RefMove,
  force: boolean,
): Promise<GraphqlProblem | undefined> {
  const { dir } = repository;
  const { ref, before, after } = move;
  if (protectionOf(repository, ref.replace(/^refs\/heads\//, ''))) {
    return problem('Changes must be made through a pull request.');
  }
  if (after === undefined) {
    return before === undefined ? problem('Reference does not exist') : undefined;
  }
  if (!(await readObject(dir, after))) return problem('Object does not exist', 'NOT_FOUND');
  if (before === undefined) return overlap(dir, ref);
  const isForward = force || (await isAncestor(dir, before, after));
  return isForward ? undefined : problem('Update is not a fast forward');
}

/** `a` and `a/b` cannot both be refs. */
async function overlap(dir: string, ref: string): Promise<GraphqlProblem | undefined> {
  const all = [...(await listRefs(dir, 'refs/')).keys()];
  const other = all.find((name) => name.startsWith(`${ref}/`) || ref.startsWith(`${name}/`));
  return other === undefined ? undefined : problem(`'${other}' exists; cannot create '${ref}'`);
}
