import type { Finding, Parsed } from '../model/finding.ts';
import type { Deliverable, ListedRelease } from '../model/upstream.ts';
import { shownText } from './shown-text.ts';
import { readYaml } from './yaml-file.ts';
import { isYamlList, isYamlMap, partAt, wrongValue } from './yaml-shape.ts';
import type { YamlPart } from './yaml-shape.ts';
import type { YamlMap } from './yaml-tree.ts';

export interface DeliverableSource {
  /** File name without `.yaml`. */
  readonly name: string;
  /** The id of the series whose folder it is in. */
  readonly series: string;
}

/** One release of one repository. */
interface Listed extends ListedRelease {
  readonly repository: string;
}

/**
 * Reads deliverables/<series name>/<name>.yaml of openstack/releases: one deliverable for every
 * repository that has releases there or is declared, unless it is retired. What cannot be read is
 * left out with a warning.
 */
export function readDeliverable(
  text: string,
  source: DeliverableSource,
): Parsed<readonly Deliverable[]> {
  const path = `deliverables/${source.series}/${source.name}.yaml`;
  // As text: the version 2.10 would be the number 2.1, and some commits are numbers too.
  const { value: file, problems } = readYaml(text, { path, scalars: 'text' });
  if (file.value === undefined) return { value: [], problems };
  const root: YamlPart = { file, path, at: [], value: file.value };
  if (!isYamlMap(root.value)) {
    return { value: [], problems: [...problems, wrongValue(root, 'a map of keys and values')] };
  }
  const listed = readReleases(root, root.value);
  return {
    value: deliverables(root.value, { source, releases: listed.value }),
    problems: [...problems, ...listed.problems],
  };
}

function deliverables(
  root: YamlMap,
  { source, releases }: { source: DeliverableSource; releases: readonly Listed[] },
): readonly Deliverable[] {
  const settings = isYamlMap(root['repository-settings']) ? root['repository-settings'] : {};
  const byRepository = new Map<string, ListedRelease[]>();
  for (const name of Object.keys(settings)) {
    if (isRepository(name)) byRepository.set(name, []);
  }
  for (const { repository, version, commit } of releases) {
    const list = byRepository.get(repository) ?? [];
    list.push({ version, commit });
    byRepository.set(repository, list);
  }
  const type = root['type'];
  const model = root['release-model'];
  return [...byRepository]
    .filter(([repository]) => !isRetired(settings[repository]))
    .map(([repository, list]) => ({
      ...source,
      repository,
      ...(typeof type === 'string' && { type }),
      ...(typeof model === 'string' && { model }),
      releases: list,
    }));
}

function isRetired(setting: YamlMap[string] | undefined): boolean {
  const flags = isYamlMap(setting) ? setting['flags'] : undefined;
  return isYamlList(flags) && flags.includes('retired');
}

function readReleases(root: YamlPart, map: YamlMap): Parsed<readonly Listed[]> {
  const list = map['releases'];
  // A series in development may have none yet.
  if (list === undefined || list === '') return { value: [], problems: [] };
  const part = partAt(root, 'releases', list);
  if (!isYamlList(list)) return { value: [], problems: [skipped(part, 'no list of releases')] };
  const read = list.map((entry, index) => readRelease(partAt(part, index, entry)));
  return {
    value: read.flatMap(({ value }) => value),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function readRelease(part: YamlPart): Parsed<readonly Listed[]> {
  const release = isYamlMap(part.value) ? part.value : {};
  const { version, projects } = release;
  if (typeof version !== 'string' || !/^[0-9A-Za-z][0-9A-Za-z._-]*$/.test(version)) {
    return { value: [], problems: [skipped(part, 'a release without a version')] };
  }
  if (!isYamlList(projects)) {
    return { value: [], problems: [skipped(part, `no repository for ${version}`)] };
  }
  const read = projects.map((project) => readProject(project, version));
  const lost = read.filter((listed) => listed === undefined).length;
  return {
    value: read.flatMap((listed) => listed ?? []),
    problems: lost === 0 ? [] : [skipped(part, `a repository without a commit for ${version}`)],
  };
}

function readProject(project: YamlMap[string], version: string): Listed | undefined {
  const { repo, hash } = isYamlMap(project) ? project : {};
  if (typeof repo !== 'string' || typeof hash !== 'string') return undefined;
  if (!isRepository(repo) || !/^[0-9a-f]{40}$/i.test(hash)) return undefined;
  return { repository: repo, version, commit: hash.toLowerCase() };
}

function isRepository(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
}

function skipped(part: YamlPart, what: string): Finding {
  return {
    code: 'deliverable-entry',
    file: part.path,
    line: part.file.lineOf(part.at),
    level: 'warning',
    message: `${part.path} of openstack/releases lists ${shownText(what)}`,
    remedy: 'tell the release team of OpenStack, or wait until they correct it',
  };
}
