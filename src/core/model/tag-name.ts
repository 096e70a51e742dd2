import type { Version } from './version.ts';

/** What an upstream tag's name says. */
export type TagName =
  | { readonly kind: 'version'; readonly name: string; readonly version: Version }
  /** A mark in the life of a series: `2025.1-eom`, `zed-eol`, `mitaka-driverfixes-eol`. Never a version. */
  | {
      readonly kind: 'lifecycle';
      readonly name: string;
      readonly series: string;
      readonly mark: 'em' | 'eom' | 'eol';
    }
  /** Milestones and what else stands in old repositories: `essex-rc4`, `version-m1`. */
  | { readonly kind: 'other'; readonly name: string };

/** Reads a mark such as `2025.1-eom`; kolla numbers a second try, `newton-eol2`. */
export function lifecycleOf(
  name: string,
): { readonly series: string; readonly mark: 'em' | 'eom' | 'eol' } | undefined {
  const match = /^(?<series>.+)-(?<mark>em|eom|eol)\d*$/.exec(name);
  const { series, mark } = match?.groups ?? {};
  return series === undefined ? undefined : { series, mark: mark as 'em' | 'eom' | 'eol' };
}
