import { html } from 'hono/html';
import { resolveCommit } from '../api/repository-routes.ts';
import { readCommit } from '../git/commits.ts';
import { commitsBetween, compareCommits } from '../git/graph.ts';
import { changedFiles } from '../git/history.ts';
import { readTyped } from '../git/objects.ts';
import { entryAt, readTree } from '../git/trees.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { Place } from '../state/site.ts';
import { fileSummary, showFiles } from './diff.ts';
import { page } from './layout.ts';
import type { Html } from './parts.ts';
import { commitList } from './pull-page.ts';

/** A file or a folder at some commit; undefined where there is none. The branch may have slashes. */
export async function codePage(place: Place, refAndPath: string): Promise<Html | undefined> {
  const { repository } = place;
  const { dir } = repository;
  const found = await splitRef(place, refAndPath);
  if (!found) return undefined;
  const { ref, tree, path } = found;
  const entry = await entryAt(dir, tree, path);
  if (!entry) return undefined;
  const body =
    entry.mode === '040000'
      ? await folder(place, { ref, path, tree: entry.sha })
      : fileLines(await readTyped(dir, entry.sha, 'blob'));
  return page({
    title: `${path === '' ? repository.name : path} at ${ref}`,
    repository,
    tab: 'code',
    body: html`<h1><code>${path === '' ? '/' : path}</code></h1>
      <p class="faint">at <code>${ref}</code></p>
      ${body}`,
  });
}

async function splitRef({ repository }: Place, text: string) {
  const parts = text.split('/');
  for (let count = 1; count <= parts.length; count += 1) {
    const ref = parts.slice(0, count).join('/');
    const sha = await resolveCommit(repository, ref);
    const commit = sha === undefined ? undefined : await readCommit(repository.dir, sha);
    if (commit) return { ref, tree: commit.tree, path: parts.slice(count).join('/') };
  }
  return undefined;
}

async function folder(
  { repository }: Place,
  { ref, path, tree }: { readonly ref: string; readonly path: string; readonly tree: string },
): Promise<Html> {
  const entries = (await readTree(repository.dir, tree)) ?? [];
  const root = `/${fullNameOf(repository)}/blob/${ref}${path === '' ? '' : `/${path}`}`;
  return html`<ul class="list files">
    ${entries.map(({ name, mode }) => {
      return html`<li><a href="${root}/${name}">${name}${mode === '040000' ? '/' : ''}</a></li>`;
    })}
  </ul>`;
}

function fileLines(bytes: Buffer | undefined): Html {
  const text = bytes?.toString() ?? '';
  if (text.includes('\0'))
    return html`<p class="faint">Binary, ${bytes?.byteLength ?? 0} bytes.</p>`;
  const lines = text.replace(/\n$/, '').split('\n');
  return html`<div class="scroll file">
    <table class="diff">
      <tbody>
        ${lines.map(
          (line, index) =>
            html`<tr id="L${index + 1}">
              <td class="number">${index + 1}</td>
              <td class="line">${line}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** What one commit has that another has not. */
export async function comparePage(place: Place, range: string): Promise<Html | undefined> {
  const { repository } = place;
  const [from = '', to = ''] = range.split('...');
  const [base, head] = await Promise.all([
    resolveCommit(repository, from),
    resolveCommit(repository, to),
  ]);
  if (base === undefined || head === undefined) return undefined;
  const { mergeBase } = await compareCommits(repository.dir, base, head);
  const files = await changedFiles(repository.dir, mergeBase, head);
  return page({
    title: `${from}...${to}`,
    repository,
    tab: 'code',
    body: html`<h1><code>${from}...${to}</code></h1>
      ${commitList(place, await commitsBetween(repository.dir, base, head))}
      <p class="faint">${fileSummary(files)}</p>
      ${showFiles(files)}`,
  });
}
