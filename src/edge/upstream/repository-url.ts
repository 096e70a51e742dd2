import { componentName } from '../../core/formats/names.ts';

const protocols = ['https', 'http', 'ssh', 'git', 'file'];
/** `git@host:path`; `host::path` would name a transport helper, which is a program. */
const scpLike = /^(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9_][\w.-]*:(?![:-]|\/\/)/;
/** A host or user that starts with a hyphen would reach ssh as an option. */
const gitPlace = /^(?:ssh|git):\/\/(?:[A-Za-z0-9_][^@/]*@)?[A-Za-z0-9_[]/;

/** What is wrong with an upstream template, in a few words; `undefined` when it can be used. */
export function checkTemplate(text: string): string | undefined {
  if (!text.includes('{component}')) return `${shown(text)} does not contain {component}`;
  return checkRepositoryUrl(text.replaceAll('{component}', 'component'));
}

/** What is wrong with a repository's URL; `undefined` when it can be used. git's own list is longer. */
function checkRepositoryUrl(text: string): string | undefined {
  if (/[\s\p{Cc}]/u.test(text)) return `${shown(text)} holds a space or a control character`;
  if (text.startsWith('/') || scpLike.test(text)) return undefined;
  const protocol = /^([a-z]+):\/\//.exec(text)?.[1];
  if (protocol === undefined || !protocols.includes(protocol)) {
    return `${shown(text)} is not an absolute path, user@host:path, or a URL with ${protocols.join(', ')}`;
  }
  if (protocol === 'file') {
    return text.startsWith('file:///')
      ? undefined
      : `${shown(text)} needs three slashes after file:`;
  }
  if (protocol === 'ssh' || protocol === 'git') {
    return gitPlace.test(text) ? undefined : `${shown(text)} does not name a host`;
  }
  return checkHttpUrl(text);
}

function checkHttpUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return `${shown(text)} is not a URL`;
  if (url.search || url.hash) return `${shown(text)} has a query or a fragment`;
  return undefined;
}

function shown(text: string): string {
  return JSON.stringify(withoutCredentials(text).slice(0, 200));
}

/** The URL as it may be shown: without the password, over HTTP also without the user, which may be a token. */
export function withoutCredentials(url: string): string {
  return url
    .replace(/^(https?:\/\/)[^/?#]*@/i, '$1')
    .replace(/^([a-z+]+:\/\/[^/:@]*):[^/]*@/i, '$1@');
}

/** Where a component's repository may be, in order of preference; or why its name or URL is no good. */
export function repositoryUrls(
  component: { readonly name: string; readonly upstream?: string },
  templates: readonly string[],
): readonly string[] | { readonly problem: string } {
  const { name, upstream } = component;
  if (!componentName.test(name))
    return { problem: `${JSON.stringify(name)} is not a repository name` };
  const urls = (upstream === undefined ? templates : [upstream]).map((template) =>
    template.replaceAll('{component}', () => name),
  );
  const problem = urls.map(checkRepositoryUrl).find((text) => text !== undefined);
  return problem === undefined ? urls : { problem };
}

export function isHttp(url: string): boolean {
  return /^https?:\/\//.test(url);
}
