/** What a line of source-refs.yaml pins. */
export type SourceRef =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'branch'; readonly branch: string }
  /** `commit` is 40 hex digits, lower case; `follows` is the branch whose head it moves to. */
  | { readonly kind: 'commit'; readonly commit: string; readonly follows: string };

/** The text between the quotes of source-refs.yaml. */
export function refText(ref: SourceRef): string {
  switch (ref.kind) {
    case 'tag':
      return ref.tag;
    case 'branch':
      return ref.branch;
    case 'commit':
      return ref.commit;
  }
}

/** One line of a source-refs.yaml. */
export interface Pin {
  readonly series: string;
  readonly component: string;
  readonly ref: SourceRef;
  readonly file: string;
  readonly line: number;
}
