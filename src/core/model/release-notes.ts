/** Sections of reno that people act upon, the urgent ones first. */
export const noteSections = [
  'security',
  'critical',
  'upgrade',
  'deprecations',
  'issues',
  'fixes',
  'features',
  'other',
  'prelude',
] as const;

export type NoteSection = (typeof noteSections)[number];

/** One note, in upstream's own words: reStructuredText, mostly. */
export interface ReleaseNote {
  readonly section: NoteSection;
  readonly text: string;
}

/** What upstream wrote for those who upgrade, between two commits of a component. */
export interface ReleaseNotes {
  readonly component: string;
  readonly series: string;
  readonly notes: readonly ReleaseNote[];
}
