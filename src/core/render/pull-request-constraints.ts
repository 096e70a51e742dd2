import type { ProposalGroup } from '../model/proposal.ts';
import type { ConstraintMove } from '../model/update.ts';
import { code, details, table } from './markdown.ts';
import type { Section } from './markdown.ts';

/** Pins that are shown at once; the rest is folded. */
const mostRows = 25;

/** What changes in upper-constraints.txt, what was changed by hand and stays, what overrides hide. */
export function constraintSections({ constraints }: ProposalGroup): readonly Section[] {
  if (!constraints) return [];
  const rows = changeRows(constraints);
  const head = ['package', 'from', 'to', ''];
  const shown = table(head, rows.slice(0, mostRows));
  const rest = rows.slice(mostRows);
  return [
    { text: rows.length === 0 ? 'Only the line that says where it came from changes.' : shown },
    ...(rest.length === 0
      ? []
      : [
          {
            text: details(`${rest.length} more`, table(head, rest)),
            optional: true,
            instead: `${rest.length} more pins change: see the diff.`,
          },
        ]),
    { text: keptTable(constraints) },
  ];
}

function changeRows({ changed, added, removed }: ConstraintMove): readonly (readonly string[])[] {
  return [
    ...changed.map(({ name, marker, from, to, shadowedBy }) => [
      withMarker(name, marker),
      code(from),
      code(to),
      shadowedBy === undefined ? '' : `hidden by the override ${code(shadowedBy)}`,
    ]),
    ...added.map(({ name, marker, version }) => [
      withMarker(name, marker),
      '',
      code(version),
      'new',
    ]),
    ...removed.map(({ name, marker, version }) => [
      withMarker(name, marker),
      code(version),
      '',
      'gone',
    ]),
  ];
}

function withMarker(name: string, marker: string): string {
  return marker === '' ? code(name) : `${code(name)} ${code(marker)}`;
}

function keptTable({ kept }: ConstraintMove): string {
  if (kept.length === 0) return '';
  const rows = kept.map(({ name, local, upstream, override }) => [
    code(name),
    local === undefined ? 'removed' : code(local),
    upstream === undefined ? 'none' : code(upstream),
    code(override),
  ]);
  return `### Kept as somebody edited it\n\nThese lines were changed by hand inside the vendored file. They stay; as an override they would be seen.\n\n${table(['package', 'here', 'upstream', 'line for overrides'], rows)}`;
}
