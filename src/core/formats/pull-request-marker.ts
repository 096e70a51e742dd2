import * as v from 'valibot';
import { botPrefix } from '../model/bot-branch.ts';
import type { ProposalMarker } from '../model/proposal.ts';

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const shape = v.object({
  branch: v.pipe(v.string(), v.startsWith(botPrefix), v.maxLength(300)),
  target: hash,
  content: hash,
});

const wrapped = /<!-- pinwheel: (\{[^\n]{1,1000}\}) -->\s*$/;

/** Puts a marker at the end of a body, where no reader sees it. */
export function withMarker(body: string, marker: ProposalMarker): string {
  // JSON may hold `-->` inside a name; escaped it reads the same.
  const json = JSON.stringify(marker).replaceAll('>', '\\u003e');
  return `${body.trimEnd()}\n\n<!-- pinwheel: ${json} -->\n`;
}

/** A body and its marker apart; without a marker where there is none, or somebody changed it. */
export function readMarker(text: string): {
  readonly body: string;
  readonly marker?: ProposalMarker;
} {
  // GitHub gives bodies back with CRLF.
  const body = text.replaceAll('\r\n', '\n');
  const found = wrapped.exec(body);
  const parsed = v.safeParse(shape, parseJson(found?.[1]));
  if (!found || !parsed.success) return { body };
  return { body: body.slice(0, found.index).trimEnd(), marker: parsed.output };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}

const trailer = /^Pinwheel-Content: ([0-9a-f]{16})$/m;

/** A commit message that names the content hash of its proposal, by which the branch is known again. */
export function withContent(message: string, content: string): string {
  return `${message.trimEnd()}\n\nPinwheel-Content: ${content}\n`;
}

export function contentIn(message: string): string | undefined {
  return trailer.exec(message)?.[1];
}
