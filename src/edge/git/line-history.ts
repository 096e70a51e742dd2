import type { LineCommit, PatchOrigins } from '../../core/model/conflict-origin.ts';
import { WorldError } from '../../core/model/failures.ts';
import { readGraph, readNewerTags, firstTags } from './first-tags.ts';
import type { CommitGraph } from './first-tags.ts';
import type { Landmark, Landmarks } from './landmarks.ts';
import type { LoggedLines } from './line-log.ts';
import { viewRecent, viewWhole } from './line-view.ts';
import type { LineView, OriginTarget } from './line-view.ts';
import { withBases } from './patch-base.ts';
import type { PathPast } from './patch-base.ts';
import { far, near, partSince } from './patch-history.ts';
import { draftPlaces } from './place-drafts.ts';
import type { NamedPlace, PlaceDraft } from './place-drafts.ts';
import type { Places } from './place.ts';
import { digestOf, writtenAt } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';
import type { TrialMemo } from './trial-memo.ts';

/** A patch, and what of it does not fit. */
export interface OriginQuestion {
  readonly patch: TrialPatch;
  /** Without any, only the pre-images are asked for. */
  readonly places: readonly NamedPlace[];
}

export interface OriginRequest {
  readonly target: OriginTarget;
  readonly questions: readonly OriginQuestion[];
}

/** Where histories are, and what was found out before. */
export interface OriginSearch {
  readonly places: Places;
  readonly landmarks: Landmarks;
  readonly memo: TrialMemo;
  /** For all questions of one call, in milliseconds. */
  readonly budgetMs: number;
}

/**
 * What happened to the places of some patches since they were made, for each patch in its order; `undefined`
 * where that cannot be found out in time. It never rejects because of the world.
 */
export async function findOrigins(
  search: OriginSearch,
  { target, questions }: OriginRequest,
): Promise<readonly (PatchOrigins | undefined)[]> {
  const until = performance.now() + search.budgetMs;
  const answers: (PatchOrigins | undefined)[] = [];
  for (const question of questions) {
    const asked = { target, question, until };
    const key = keyOf(target, question);
    answers.push(await orUndefined(remembered(search.memo, key, () => answer(search, asked))));
  }
  return answers;
}

function keyOf({ commit }: OriginTarget, { patch, places }: OriginQuestion): readonly unknown[] {
  return ['origins', commit, digestOf(patch), places.map(({ path, line }) => [path, line])];
}

async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof WorldError) return undefined;
    throw error;
  }
}

async function remembered(
  memo: TrialMemo,
  key: readonly unknown[],
  find: () => Promise<PatchOrigins>,
): Promise<PatchOrigins> {
  const known = memo.remembered(key) as PatchOrigins | undefined;
  if (known) return known;
  const found = await find();
  if (!mayChange(found)) await memo.remember(key, found);
  return found;
}

/** Tags are still to come, and so may be a branch that has what the patch was made on. */
function mayChange({ places }: PatchOrigins): boolean {
  return places.some(
    ({ origin: { cause, commits, missing } }) =>
      cause === 'base-unknown' ||
      [...commits, ...missing].some(({ firstTag }) => firstTag === undefined),
  );
}

interface Asked {
  readonly target: OriginTarget;
  readonly question: OriginQuestion;
  readonly until: number;
}

/** What was found in some part of the history. */
interface Answer {
  readonly drafts: readonly PlaceDraft[];
  readonly preImages: readonly string[];
  readonly graph: CommitGraph;
}

async function answer(search: OriginSearch, asked: Asked): Promise<PatchOrigins> {
  const { question, target, until } = asked;
  const landmarks = await search.landmarks.of(target.url);
  const request = { places: search.places, target, until };
  function find(view: LineView): Promise<Answer | undefined> {
    const source = { patch: question.patch, source: target.commit };
    return withBases(view, source, (past) => answerFrom(past, question));
  }
  for (const notIn of partsFor(landmarks, asked)) {
    const found = await viewRecent(request, notIn, find);
    if (found) return withTags(found, await tagsOf(search, { ...asked, landmarks, notIn }, found));
  }
  const found = await viewWhole(request, find);
  if (!found) throw new WorldError('its history does not tell where the patch was made', '');
  return withTags(found, await tagsOf(search, { ...asked, landmarks, notIn: [] }, found));
}

/**
 * Tags whose history is left out, at first and in the next try. Mostly a patch was made not long before it was
 * written, or on a source that is older still; between two branches there may be years.
 */
function partsFor(
  landmarks: readonly Landmark[],
  { target, question }: Asked,
): readonly (readonly string[])[] {
  const written = writtenAt(question.patch);
  const released = landmarks.find(({ commit }) => commit === target.commit)?.seconds;
  const newest = Math.max(...landmarks.map(({ seconds = 0 }) => seconds));
  const moment = Math.min(written ?? newest, released ?? written ?? newest);
  const margins = written === undefined ? [far] : [near, far];
  const parts = margins.map((margin) => partSince(landmarks, moment, margin).notIn);
  const [first = [], second = []] = parts;
  // Without tags to leave out it is all of the history.
  return first.length === 0 || first.join() === second.join() ? [first] : parts;
}

async function answerFrom(past: PathPast, { patch, places }: OriginQuestion): Promise<Answer> {
  const { view, source, here, bases } = past;
  const made = [...bases].filter(([path, { blob }]) => here.get(path) !== blob);
  const drafts = await draftPlaces(past, patch, places);
  const tips = [...bases.values()].map(({ commit }) => commit);
  const all = view.hasTags ? ['--tags'] : [];
  const graph =
    drafts.length > 0 ? await readGraph(view, [source, ...tips, ...all]) : new Map<string, []>();
  return { drafts, graph, preImages: [...new Set(made.map(([, { blob }]) => blob))] };
}

interface TagSearch extends Asked {
  readonly landmarks: readonly Landmark[];
  readonly notIn: readonly string[];
}

type Tags = ReadonlyMap<string, string>;

async function tagsOf(
  { places }: OriginSearch,
  { target, landmarks, notIn, until }: TagSearch,
  { drafts, graph }: Pick<Answer, 'drafts' | 'graph'>,
): Promise<Tags> {
  const all = drafts.flatMap(({ draft }) => [...draft.commits, ...draft.missing]);
  const commits = [...new Set(all.map(({ commit }) => commit))];
  const tags = firstTags({ graph, landmarks }, target.commit, commits);
  const untagged = all.filter(({ commit }) => !tags.has(commit));
  if (untagged.length === 0 || notIn.length === 0) return tags;
  const since = Math.min(...untagged.map(({ seconds }) => seconds));
  const more = await orUndefined(
    places.at('recent', target.url, (place) => {
      const deadlineMs = Math.max(1, until - performance.now());
      return readNewerTags({ ...place, deadlineMs }, landmarks, { since, notIn });
    }),
  );
  const wider = new Map([...(more ?? []), ...graph]);
  return new Map([...firstTags({ graph: wider, landmarks }, target.commit, commits), ...tags]);
}

function withTags({ drafts, preImages }: Answer, tags: Tags): PatchOrigins {
  function tagged({ commit, subject, date }: LoggedLines): LineCommit {
    const firstTag = tags.get(commit);
    return { commit, subject, date, ...(firstTag !== undefined && { firstTag }) };
  }
  const places = drafts.map(({ draft, ...place }) => {
    const { commits, missing } = draft;
    const origin = { ...draft, commits: commits.map(tagged), missing: missing.map(tagged) };
    return { ...place, origin };
  });
  return { places, preImages };
}
