import { ok } from './call.ts';
import type { Answer, Call } from './call.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** To be sent along where there is more than one page. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What GitHub puts before an address of its own in `Link`; set by the server from the request. */
export const pageUrlHeader = 'x-sandbox-page';

/** The part of a list that a request asks for; addresses of the others are made by the server. */
export function pageOf<T>(call: Call, all: readonly T[]): Page<T> {
  const size = Number(call.query['per_page'] ?? 30);
  const page = Number(call.query['page'] ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const rels = [
    ...(page > 1 ? [`prev=${page - 1}`, 'first=1'] : []),
    ...(page < last ? [`next=${page + 1}`, `last=${last}`] : []),
  ];
  const items = all.slice((page - 1) * size, page * size);
  return { items, headers: rels.length === 0 ? {} : { [pageUrlHeader]: rels.join(' ') } };
}

/** A page of a list, each item shown. */
export function listAnswer<T>(call: Call, all: readonly T[], show: (item: T) => unknown): Answer {
  const { items, headers } = pageOf(call, all);
  return { ...ok(items.map(show)), headers };
}

/** The same where items are wrapped in an object that counts them. */
export function countedAnswer<T>(
  call: Call,
  { name, all }: { readonly name: string; readonly all: readonly T[] },
  show: (item: T) => unknown,
): Answer {
  const { items, headers } = pageOf(call, all);
  return { ...ok({ total_count: all.length, [name]: items.map(show) }), headers };
}

/** The header `Link` for what `pageOf` found. */
export function linkHeader(rels: string, url: URL): string {
  const links = rels.split(' ').map((rel) => {
    const [name = '', value = ''] = rel.split('=');
    const target = new URL(url);
    target.searchParams.set(name.endsWith('cursor') ? 'cursor' : 'page', value);
    return `<${target.href}>; rel="${name.replace('-cursor', '')}"`;
  });
  return links.join(', ');
}
