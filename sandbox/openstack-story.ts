import type { FileContent, NewCommit } from './fast-import.ts';

/** A small OpenStack as data. Components and series are made in the order given, oldest series first. */
export interface OpenStackStory {
  readonly series: readonly SeriesStory[];
  readonly components: readonly ComponentStory[];
}

export interface SeriesStory {
  /** `2025.2` */
  readonly id: string;
  /** `flamingo` */
  readonly name: string;
  /** The words of series_status.yaml. */
  readonly status: 'future' | 'development' | 'maintained' | 'unmaintained' | 'end of life';
  /** ISO date. */
  readonly initialRelease: string;
  readonly nextPhase?: { readonly status: string; readonly date?: string };
  readonly eolDate?: string;
  /** Pins of what is not OpenStack, `PyMySQL===1.1.2`; those of the libraries come by themselves. */
  readonly constraints?: readonly string[];
  /** Later states of these pins. */
  readonly constraintUpdates?: readonly {
    readonly date: string;
    readonly constraints: readonly string[];
  }[];
}

export interface ComponentStory {
  readonly name: string;
  /** Default: service. All others are pinned in upper-constraints.txt. */
  readonly type?: 'service' | 'library' | 'client-library';
  /** File name in openstack/releases, without `.yaml`. Default: the name with `-` for `_`. */
  readonly deliverable?: string;
  /** The distribution's name. Default: the component's. */
  readonly distribution?: string;
  /** Files of the first commit, besides or instead of the usual ones. */
  readonly files?: Readonly<Record<string, FileContent>>;
  /** By series id; a list is that of the versions. */
  readonly lines: Readonly<Record<string, ComponentLine | readonly (string | VersionStory)[]>>;
}

/** What a component did in a series. */
interface ComponentLine {
  /** In order of release. Branches are cut after the first final one. */
  readonly versions?: readonly (string | VersionStory)[];
  /** False: openstack/releases has no file for it. */
  readonly deliverable?: false;
  /** Default: `stable/<id>`, `unmaintained/<id>`, or false (deleted), as the series' status has it. */
  readonly branch?: string | false;
  /** Default: `eol` for a series at its end, `eom` for an unmaintained one. False: no such tag. */
  readonly mark?: 'eom' | 'eol' | false;
  /** Commits on the branch that no version has yet. */
  readonly unreleased?: readonly NewCommit[];
}

interface VersionStory {
  readonly version: string;
  /** ISO. Default: three weeks after the version before it, the second on the day of the series. */
  readonly date?: string;
  /** What is new in it. Default: one commit with a release note. */
  readonly commits?: readonly NewCommit[];
  /** False: openstack/releases does not list it (yet). */
  readonly listed?: false;
  /** False: there is no tag (yet). */
  readonly tagged?: false;
  /** What the tag's message says of its series, where that is not the truth. */
  readonly seriesInTag?: string;
}

/** A line with its defaults filled in. */
export interface Line {
  readonly series: SeriesStory;
  readonly versions: readonly Release[];
  readonly deliverable: boolean;
  readonly branch: string | false;
  readonly mark: 'eom' | 'eol' | false;
  readonly unreleased: readonly NewCommit[];
}

export interface Release extends VersionStory {
  readonly date: string;
}

const day = 86_400_000;

/** The lines of a component, in order of series. */
export function linesOf(story: OpenStackStory, component: ComponentStory): readonly Line[] {
  return story.series.flatMap((series) => {
    const told = component.lines[series.id];
    return told === undefined ? [] : [fillLine(series, 'map' in told ? { versions: told } : told)];
  });
}

export function isFinal(version: string): boolean {
  return /^\d+(\.\d+)*$/.test(version);
}

/** Branch and life-cycle mark that a series' repositories have. */
export function phaseOf(series: SeriesStory): Pick<Line, 'branch' | 'mark'> {
  switch (series.status) {
    case 'future':
    case 'development':
      return { branch: 'master', mark: false };
    case 'maintained':
      return { branch: `stable/${series.id}`, mark: false };
    case 'unmaintained':
      return { branch: `unmaintained/${series.id}`, mark: 'eom' };
    case 'end of life':
      return { branch: false, mark: 'eol' };
  }
}

function fillLine(series: SeriesStory, line: ComponentLine): Line {
  const start = Date.parse(series.initialRelease);
  return {
    series,
    ...phaseOf(series),
    ...(line.branch !== undefined && { branch: line.branch }),
    ...(line.mark !== undefined && { mark: line.mark }),
    deliverable: line.deliverable !== false,
    unreleased: line.unreleased ?? [],
    versions: (line.versions ?? []).map((told, index) => {
      const version = typeof told === 'string' ? { version: told } : told;
      return { date: new Date(start + (index - 1) * 21 * day).toISOString(), ...version };
    }),
  };
}
