import type { RemoteTag } from '../../core/model/upstream.ts';
import type { ListedRefs } from './git-reader.ts';
import { answerFailure } from './http-failure.ts';
import { decodePackets, lineText } from './pkt-line.ts';
import type { Packet } from './pkt-line.ts';

const commitId = /^[0-9a-f]{40}$/;
/** What git-check-ref-format forbids: no such name can be passed on to git. */
const illegalName = /[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/u;

/** What the answer to the capability request says that the server speaks. */
export function readCapabilities(body: Buffer): 'v2' | 'older' {
  const lines = lineTexts(decodePackets(body).packets);
  // Some hosts put the announcement of the older protocols in front.
  const first = lines[0]?.startsWith('# service=') ? 1 : 0;
  if (lines[first] !== 'version 2') return 'older';
  const capabilities = lines.slice(first + 1);
  const lists = capabilities.some((line) => /^ls-refs(?:=|$)/.test(line));
  const sha1 = !capabilities.some((line) => /^object-format=(?!sha1$)/.test(line));
  return lists && sha1 ? 'v2' : 'older';
}

/** The answer to `ls-refs`. A server may send more than the prefixes asked for. Throws `HttpFailure`. */
export function readRefs(body: Buffer, prefixes: readonly string[]): ListedRefs {
  const { packets, problem } = decodePackets(body);
  const lines = lineTexts(packets);
  const refusal = lines.find((line) => line.startsWith('ERR '));
  if (refusal !== undefined) throw answerFailure(`refused: ${printable(refusal.slice(4))}`);
  if (problem !== undefined) throw answerFailure(`sent a damaged list of refs: ${problem}`);
  if (packets.at(-1)?.kind !== 'flush')
    throw answerFailure('sent a list of refs that is cut short');
  const heads = new Map<string, string>();
  const tags = new Map<string, RemoteTag>();
  for (const line of lines) readRef(line, prefixes, { heads, tags });
  return { heads, tags };
}

function readRef(
  line: string,
  prefixes: readonly string[],
  found: { readonly heads: Map<string, string>; readonly tags: Map<string, RemoteTag> },
): void {
  const [object = '', name = '', ...attributes] = line.split(' ');
  if (object === 'unborn') return;
  if (!commitId.test(object))
    throw answerFailure(`sent a damaged list of refs: ${printable(line)}`);
  if (illegalName.test(name) || !prefixes.some((prefix) => name.startsWith(prefix))) return;
  if (name.startsWith('refs/heads/')) {
    found.heads.set(name.slice('refs/heads/'.length), object);
  } else if (name.startsWith('refs/tags/')) {
    const commit = peeledCommit(attributes) ?? object;
    found.tags.set(name.slice('refs/tags/'.length), { object, commit });
  }
}

function peeledCommit(attributes: readonly string[]): string | undefined {
  const peeled = attributes.find((text) => text.startsWith('peeled:'))?.slice('peeled:'.length);
  return peeled !== undefined && commitId.test(peeled) ? peeled : undefined;
}

function lineTexts(packets: readonly Packet[]): readonly string[] {
  return packets.flatMap((packet) => (packet.kind === 'line' ? [lineText(packet.payload)] : []));
}

/** A server's own words, fit for one line of ours. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 120);
}
