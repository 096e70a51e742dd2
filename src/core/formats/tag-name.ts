import type { TagName } from '../model/tag-name.ts';
import { parseVersion } from '../model/version.ts';

const marks = ['em', 'eom', 'eol'] as const;

/** kolla has `newton-eol2` beside `newton-eol`: a number after the mark says nothing more. */
const lifecycleName = /^([a-z0-9]+(?:[.-][a-z0-9]+)*)-(em|eom|eol)\d*$/;

/**
 * Says what an upstream tag's name means. The series of a life-cycle mark is the text before it:
 * `mitaka-driverfixes-eol` ended the line `mitaka-driverfixes`, which is not mitaka itself.
 */
export function readTagName(name: string): TagName {
  const [, series, word] = lifecycleName.exec(name) ?? [];
  const mark = marks.find((known) => known === word);
  if (series !== undefined && mark) return { kind: 'lifecycle', name, series, mark };
  const version = parseVersion(name);
  return version ? { kind: 'version', name, version } : { kind: 'other', name };
}
