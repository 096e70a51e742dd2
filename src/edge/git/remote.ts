import { createHash } from 'node:crypto';
import { WorldError } from '../../core/model/failures.ts';

/** A repository somewhere else, as git may be told of it. */
export interface Remote {
  readonly url: string;
  /** The URL without credentials: for messages, and for telling one cache from another. */
  readonly shown: string;
  /** The only protocols that git may speak to get there, as `GIT_ALLOW_PROTOCOL` spells them. */
  readonly protocols: string;
}

/** What git may speak, and only the one that the URL names: no redirect leads to another. */
const protocols = new Set(['https', 'http', 'ssh', 'git', 'file']);

/** `git@host:path`. Two colons would name a transport helper, which is a program (`ext::sh -c …`). */
const scpLike = /^(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9_][\w.-]+:(?![:-]|\/\/)\S+$/;

/** A user or host that starts with a hyphen would reach ssh as an option. */
const url = /^([a-z]+):\/\/(?!-)(?![^/@]*@-)\S+$/;

/** Reads a URL, an absolute path or `user@host:path`; rejects all else that git would take. */
export function readRemote(text: string): Remote {
  const allowed = protocolsOf(text);
  if (allowed !== undefined && !/[\p{Cc}\s]/u.test(text)) {
    return { url: text, shown: withoutCredentials(text), protocols: allowed };
  }
  throw new WorldError(
    `${JSON.stringify(withoutCredentials(text).slice(0, 200))} is not a place git is allowed to go`,
    'use an https, http, ssh, git or file URL, or an absolute path',
  );
}

function protocolsOf(text: string): string | undefined {
  const scheme = url.exec(text)?.[1];
  if (scheme !== undefined) return protocols.has(scheme) ? scheme : undefined;
  if (text.startsWith('/')) return 'file';
  return scpLike.test(text) ? 'ssh' : undefined;
}

/** Names a remote's place in the cache; whoever may read it does not matter to what it holds. */
export function cacheKey(remote: Remote): string {
  return createHash('sha256').update(remote.shown).digest('hex').slice(0, 24);
}

/** Without the password; over HTTP without the user too, who may be a token. */
function withoutCredentials(text: string): string {
  return text
    .replace(/^(https?:\/\/)[^/?#]*@/i, '$1')
    .replace(/^([a-z+]+:\/\/[^/:@]*):[^/]*@/i, '$1@');
}

/** Takes credentials out of what git said: those of URLs, and GitHub's tokens wherever they stand. */
export function censor(text: string): string {
  return text
    .replace(/(\bhttps?:\/\/)[^\s/'"@]*@/gi, '$1')
    .replace(/(\b[a-z+]+:\/\/[^\s/:'"@]*):[^\s/'"@]*@/gi, '$1@')
    .replace(/\b(?:gh[a-z]_|github_pat_|glpat-)[\w.-]{8,}/g, '***')
    .replace(/(\bauthorization:\s*)\S+(?:\s+\S+)?/gi, '$1***');
}
