const fields: readonly { readonly first: number; readonly last: number }[] = [
  { first: 0, last: 59 },
  { first: 0, last: 23 },
  { first: 1, last: 31 },
  { first: 1, last: 12 },
  // Both 0 and 7 are Sunday.
  { first: 0, last: 7 },
];

/** True for a cron expression of five fields of numbers: minute, hour, day, month, weekday. */
export function isCron(text: string): boolean {
  const parts = text.split(' ');
  return (
    parts.length === fields.length &&
    fields.every((field, index) => parts[index]?.split(',').every((item) => fits(item, field)))
  );
}

function fits(item: string, field: { readonly first: number; readonly last: number }): boolean {
  const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(item);
  if (!match) return false;
  const from = Number(match[1] ?? field.first);
  const to = Number(match[2] ?? match[1] ?? field.last);
  return from >= field.first && to <= field.last && from <= to && match[3] !== '0';
}
