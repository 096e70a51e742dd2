import { runGit } from './git.ts';
import { describeFrom } from './describe.ts';
import type { Description } from './describe.ts';
import { remoteName } from './environment.ts';
import { readFileHistoryFrom } from './file-history.ts';
import type { FileHistoryRequest, FileState } from './file-history.ts';
import { reachableTagsFrom } from './history.ts';
import { objectId, refName, treePath } from './names.ts';
import { createPlaces } from './place.ts';
import type { PlacesOptions } from './place.ts';
import { readFilesFrom } from './read-files.ts';
import type { FilesRequest } from './read-files.ts';
import { parseRefLines, withPrefixes } from './ref-lines.ts';
import type { ListedRefs } from './ref-lines.ts';
import { readTagMessagesFrom } from './tag-messages.ts';
import type { TagRequest } from './tag-messages.ts';

/** A repository somewhere else: any URL that git may use, or an absolute path. */
interface At {
  readonly url: string;
}

/**
 * Reads repositories elsewhere through git, and keeps what it got. Every method rejects with a
 * `WorldError` of one line that begins with the URL, without credentials.
 */
export interface MirrorReader {
  /** Branches and tags whose full names start with one of the prefixes; all of them without prefixes. */
  listRefs(url: string, prefixes: readonly string[]): Promise<ListedRefs>;
  /** Texts of the files below some paths at a commit, by path. Nothing is fetched twice. */
  readFiles(request: At & FilesRequest): Promise<ReadonlyMap<string, string>>;
  /** What a file was on a branch, newest first. */
  readFileHistory(request: At & FileHistoryRequest): Promise<readonly FileState[]>;
  /** Messages of tags by name, without their signature; `''` for a lightweight tag. */
  readTagMessages(url: string, tags: readonly TagRequest[]): Promise<ReadonlyMap<string, string>>;
  /** Tags that a ref contains and some others do not. */
  reachableTags(
    request: At & { readonly ref: string; readonly notRefs: readonly string[] },
  ): Promise<readonly string[]>;
  /** What pbr finds out about a commit. */
  describe(request: At & { readonly ref: string; readonly commit: string }): Promise<Description>;
}

/** A reader whose cache is below `cacheDir`, to be shared with other processes. `deadlineMs` is for each fetch. */
export function createGitReader(options: PlacesOptions): MirrorReader {
  const places = createPlaces(options);
  return {
    listRefs: (url, prefixes) =>
      places.without(url, async ({ directory, remote, deadlineMs }) => {
        const args = ['ls-remote', ...namespaces(prefixes), remoteName];
        const { stdout } = await runGit(directory, args, { remote, deadlineMs });
        return withPrefixes(parseRefLines(stdout.toString('utf8')), prefixes);
      }),
    readFiles: ({ url, commit, ref, paths }) =>
      places.at('files', url, async (place) => {
        const wanted = paths.map(treePath);
        const request = { commit: objectId(commit), ref: refName(ref), paths: wanted };
        return wanted.length === 0 ? new Map() : readFilesFrom(place, request);
      }),
    readFileHistory: ({ url, ref, path, limit }) =>
      places.at('trees', url, (place) =>
        readFileHistoryFrom(place, { ref: refName(ref), path: treePath(path), limit }),
      ),
    readTagMessages: (url, tags) =>
      places.at('files', url, async (place) => readTagMessagesFrom(place, tags.map(checkedTag))),
    reachableTags: ({ url, ref, notRefs }) =>
      places.at('history', url, (place) =>
        reachableTagsFrom(place, { ref: refName(ref), notRefs: notRefs.map(refName) }),
      ),
    describe: ({ url, ref, commit }) =>
      places.at('history', url, (place) =>
        describeFrom(place, { ref: refName(ref), commit: objectId(commit) }),
      ),
  };
}

function checkedTag({ name, object }: TagRequest): TagRequest {
  refName(`refs/tags/${name}`);
  return { name, object: objectId(object) };
}

/** The prefixes that git ls-remote can pass on to the server; the rest is filtered here. */
function namespaces(prefixes: readonly string[]): readonly string[] {
  const onlyHeads = prefixes.every((prefix) => prefix.startsWith('refs/heads/'));
  const onlyTags = prefixes.every((prefix) => prefix.startsWith('refs/tags/'));
  if (prefixes.length > 0 && onlyHeads) return ['--heads'];
  return prefixes.length > 0 && onlyTags ? ['--tags'] : ['--heads', '--tags'];
}
