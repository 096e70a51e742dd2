import { releaseLine, versionTextOf } from '../model/component.ts';
import { isFailure } from '../model/upstream.ts';
import { newestVersion, parseVersion } from '../model/version.ts';
import type { Version } from '../model/version.ts';
import { withoutRefs } from './pin-facts.ts';
import type { PinFacts } from './pin-facts.ts';
import { hold, jumpBetween } from './tag-pin.ts';
import type { PinDecision } from './tag-pin.ts';

/** Decides about a tag of a project with release lines of its own (OVN, OVS): it stays in its line. */
export function decideLinePin(facts: PinFacts): PinDecision {
  const { pin, component, refs } = facts;
  const text = pin.ref.kind === 'tag' ? versionTextOf(component, pin.ref.tag) : undefined;
  const pinned = parseVersion(text ?? '');
  if (text === undefined || !pinned) return hold(facts, { kind: 'not-a-version' });
  if (!refs) throw new Error(`the refs of ${pin.component} were not asked for`);
  if (isFailure(refs)) return hold(facts, withoutRefs(facts, refs));
  const line = releaseLine(text);
  const newest = newestInLine(facts, line, [...refs.tags.keys()]);
  const tag = newest && refs.tags.get(newest.tag);
  if (!newest || !tag || newest.version.text === pinned.text) {
    return hold(facts, { kind: 'newest-of-line', line });
  }
  return {
    move: {
      pin,
      to: { kind: 'tag', tag: newest.tag },
      commit: tag.commit,
      kind: 'version',
      jump: jumpBetween(pinned, newest.version),
      why: { kind: 'newest-of-line', line },
    },
    held: [],
  };
}

function newestInLine(
  { component, pin }: PinFacts,
  line: string,
  tags: readonly string[],
): { readonly tag: string; readonly version: Version } | undefined {
  const inLine = tags.flatMap((tag) => {
    const text = versionTextOf(component, tag);
    if (text === undefined || releaseLine(text) !== line) return [];
    const version = parseVersion(text);
    return version && !version.prerelease ? [{ tag, version }] : [];
  });
  const pinned =
    pin.ref.kind === 'tag' ? parseVersion(versionTextOf(component, pin.ref.tag) ?? '') : undefined;
  const newest = newestVersion([
    ...inLine.map(({ version }) => version),
    ...(pinned ? [pinned] : []),
  ]);
  return inLine.find(({ version }) => version.text === newest?.text);
}
