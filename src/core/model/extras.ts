/** What releases/<series>/extra-packages.yaml adds to one service. */
export interface Extras {
  readonly service: string;
  readonly pipExtras: readonly string[];
  readonly pipPackages: readonly string[];
  readonly aptPackages: readonly string[];
  /** Other components of the same source-refs.yaml that are built into the image. */
  readonly sources: readonly string[];
  readonly line: number;
}
