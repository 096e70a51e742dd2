/** A table as data; what draws it (a terminal, Markdown) is chosen elsewhere. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
