import { readConstraints } from '../../core/formats/constraints.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { ConstraintsFile } from '../../core/model/constraints.ts';
import type { SeriesStatus } from '../../core/model/series.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { RemoteRefs, UpstreamConstraints } from '../../core/model/upstream.ts';
import { askEach, realUrl } from './asking.ts';
import type { Asking } from './asking.ts';
import { askRepository } from './refs.ts';

export interface ConstraintsRequest {
  readonly series: string;
  readonly status: SeriesStatus;
  /** The commit that the vendored copy says it was taken from. */
  readonly base?: string;
  /** True where the texts are wanted even if upstream has not moved: to find edits made by hand. */
  readonly evenIfUnmoved?: boolean;
}

interface Place {
  readonly url: string;
  /** Full name of the ref. */
  readonly ref: string;
  readonly commit: string;
}

const path = 'upper-constraints.txt';
/** More than any series has seen: 2023.1 had 41 states in three and a half years. */
const maxStates = 80;

/** upper-constraints.txt of some series: one request for all their refs, and fetches for those that moved. */
export async function readUpstreamConstraints(
  requests: readonly ConstraintsRequest[],
  asking: Asking,
): Promise<ReadonlyMap<string, UpstreamConstraints | Failure>> {
  if (requests.length === 0) return new Map();
  const prefixes = [...new Set(requests.flatMap(candidates))];
  const refs = await askRepository({ name: 'requirements' }, prefixes, asking);
  const question = {
    what: ({ series }: ConstraintsRequest) => `constraints of ${series}`,
    ask: async (request: ConstraintsRequest) =>
      [request.series, await readOne(request, refs, asking)] as const,
  };
  return new Map(await askEach(requests, question, asking));
}

/** In order of preference, full names. Master only until the series has its branch. */
function candidates({ series, status }: ConstraintsRequest): readonly string[] {
  const ownBranches = [`refs/heads/stable/${series}`, `refs/heads/unmaintained/${series}`];
  const marks = [`refs/tags/${series}-eol`, `refs/tags/${series}-eom`];
  const early = status === 'development' || status === 'future';
  return [...ownBranches, ...marks, ...(early ? ['refs/heads/master'] : [])];
}

async function readOne(
  request: ConstraintsRequest,
  refs: RemoteRefs | Failure,
  asking: Asking,
): Promise<UpstreamConstraints | Failure> {
  const { series } = request;
  const failed = {
    what: `constraints of ${series}`,
    about: { kind: 'constraints', series },
  } as const;
  if (isFailure(refs)) return { ...failed, why: refs.why };
  const place = findPlace(request, refs);
  if (!place) {
    const names = candidates(request).map(shortName).join(', ');
    return { ...failed, why: `${refs.url} has none of ${names}` };
  }
  const { ref, commit } = place;
  const answer = { ref: shortName(ref), commit };
  if (commit === request.base && request.evenIfUnmoved !== true) return answer;
  try {
    const file = await readAt(commit, place, asking);
    if (!file) return { ...failed, why: `${refs.url} has no usable ${path} at ${shortName(ref)}` };
    return { ...answer, file, ...(await readBase(request, place, asking)) };
  } catch (error) {
    if (error instanceof WorldError) return { ...failed, why: error.message };
    throw error;
  }
}

function findPlace(request: ConstraintsRequest, refs: RemoteRefs): Place | undefined {
  const { url, heads, tags } = refs;
  for (const ref of candidates(request)) {
    const name = shortName(ref);
    const commit = ref.startsWith('refs/heads/') ? heads.get(name) : tags.get(name)?.commit;
    if (commit !== undefined) return { url, ref, commit };
  }
  return undefined;
}

/** The file that the vendored copy was taken from, else all that it may have been taken from. */
async function readBase(
  { base: commit }: ConstraintsRequest,
  place: Place,
  asking: Asking,
): Promise<Pick<UpstreamConstraints, 'base' | 'history'>> {
  const file = commit === undefined ? undefined : await readAtIfThere(commit, place, asking);
  if (commit !== undefined && file) return { base: { commit, file } };
  const { ref } = place;
  const url = realUrl(place.url, asking);
  const request = { url, ref, path, limit: maxStates };
  const states = await asking.limitGit(() => asking.git.readFileHistory(request));
  const history = states.flatMap((state) => {
    const read = parse(state.text);
    return read ? [{ commit: state.commit, file: read }] : [];
  });
  return { history };
}

/** A recorded commit that git cannot get may be one that upstream never had: a person wrote it. */
async function readAtIfThere(
  commit: string,
  place: Place,
  asking: Asking,
): Promise<ConstraintsFile | undefined> {
  try {
    return await readAt(commit, place, asking);
  } catch (error) {
    if (error instanceof WorldError) return undefined;
    throw error;
  }
}

async function readAt(
  commit: string,
  { url, ref }: Place,
  asking: Asking,
): Promise<ConstraintsFile | undefined> {
  const request = { url: realUrl(url, asking), commit, ref, paths: [path] };
  const files = await asking.limitGit(() => asking.git.readFiles(request));
  const text = files.get(path);
  return text === undefined ? undefined : parse(text);
}

function parse(text: string): ConstraintsFile | undefined {
  const { value, problems } = readConstraints(text, path);
  return problems.some(({ level }) => level === 'failure') ? undefined : value;
}

function shortName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, '');
}
