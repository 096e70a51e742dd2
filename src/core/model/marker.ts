/** A PEP 508 environment marker, parsed. Variables stand bare, literals are marked as such. */
export type Marker =
  | {
      readonly kind: 'compare';
      readonly left: MarkerTerm;
      readonly operator: string;
      readonly right: MarkerTerm;
    }
  | { readonly kind: 'and' | 'or'; readonly left: Marker; readonly right: Marker };

export type MarkerTerm =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: string };
