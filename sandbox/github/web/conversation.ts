import { html } from 'hono/html';
import { fullNameOf } from '../state/nouns.ts';
import type { Account, Issue, Reaction, ReactionContent } from '../state/nouns.ts';
import type { Place } from '../state/site.ts';
import { commentForm } from './forms.ts';
import { labelChip, markdown, time, who } from './parts.ts';
import type { Html } from './parts.ts';

const faces: Readonly<Record<ReactionContent, string>> = {
  ...{ '+1': '👍', '-1': '👎', laugh: '😄', confused: '😕' },
  ...{ heart: '❤️', hooray: '🎉', rocket: '🚀', eyes: '👀' },
};

interface Post {
  readonly id: string;
  readonly user: Account;
  readonly at: number;
  readonly body: string | null;
  readonly reactions: readonly Reaction[];
  readonly edited: boolean;
}

/** The description, and all that was said. */
export function conversation({ repository }: Place, issue: Issue): Html {
  const said = [...repository.comments.values()].filter((one) => one.issue === issue.number);
  const first: Post = { ...issue, id: 'description', at: issue.createdAt, edited: false };
  const comments = said.map((one) => ({
    ...one,
    id: `issuecomment-${one.id}`,
    at: one.createdAt,
    edited: one.updatedAt > one.createdAt,
  }));
  return html`${[first, ...comments].map(showPost)}`;
}

export function talkForm({ repository }: Place, { number }: Issue): Html {
  const to = `/${fullNameOf(repository)}/issues/${number}`;
  return commentForm({ to, fields: { do: 'comment' } });
}

function showPost(post: Post): Html {
  return html`<article class="post" id="${post.id}">
    <header>
      ${who(post.user)} <span class="faint">${time(post.at)}${post.edited ? ' · edited' : ''}</span>
    </header>
    ${markdown(post.body)} ${showReactions(post.reactions)}
  </article>`;
}

function showReactions(reactions: readonly Reaction[]): Html | string {
  if (reactions.length === 0) return '';
  const counts = new Map<ReactionContent, number>();
  for (const { content } of reactions) counts.set(content, (counts.get(content) ?? 0) + 1);
  return html`<p class="row">
    ${[...counts].map(([content, count]) => html`<span class="tag">${faces[content]} ${count}</span>`)}
  </p>`;
}

export function issueLabels({ repository }: Place, issue: Issue): Html {
  const labels = [...issue.labels].map((name) => repository.labels.get(name.toLowerCase()));
  const shown = labels.filter((label) => label !== undefined).map(labelChip);
  return html`<section>
    <h2>Labels</h2>
    ${shown.length === 0 ? html`<p class="faint">None</p>` : html`<p class="row">${shown}</p>`}
  </section>`;
}
