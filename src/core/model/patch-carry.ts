import type { PatchVerdict } from './patch-verdict.ts';

/** How a carried patch stands in another series that pins its component. */
export type CarryAnswer =
  /** That series carries it already: under this path, or as part of that patch. */
  | { readonly kind: 'carried'; readonly series: string; readonly ref: string; readonly as: string }
  /** What happens to it on what that series builds: the pinned source and the patches carried there. */
  | {
      readonly kind: 'tried';
      readonly series: string;
      readonly ref: string;
      readonly commit: string;
      readonly verdict: PatchVerdict;
    };

/** One carried patch and the other series of its component. */
export interface CarriedPatch {
  readonly component: string;
  /** Path in the images repository. */
  readonly path: string;
  /** Where it is carried. */
  readonly series: string;
  /** Series that pin the component, oldest first; one that could not be asked is left out. */
  readonly on: readonly CarryAnswer[];
}
