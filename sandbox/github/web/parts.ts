import { html, raw } from 'hono/html';
import type { Account, CheckRun, Issue, Label } from '../state/nouns.ts';
import { isoDate } from '../state/clock.ts';
import { renderMarkdown } from './markdown.ts';

/** A part of a page; text in it is escaped. */
export type Html = ReturnType<typeof html>;

export function markdown(text: string | null): Html {
  if (text === null || text.trim() === '') return html`<p class="faint">No description.</p>`;
  return html`<div class="markdown">${raw(renderMarkdown(text))}</div>`;
}

export function time(milliseconds: number): Html {
  const iso = isoDate(milliseconds);
  const shown = `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
  return html`<time datetime="${iso}">${shown}</time>`;
}

export function who({ login, type }: Account): Html {
  const bot = type === 'Bot' ? html` <span class="tag">bot</span>` : '';
  const name = login.replace(/\[bot\]$/, '');
  return html`<span class="who"
    ><i class="face" aria-hidden="true">${name.charAt(0).toUpperCase()}</i
    ><b>${name}</b>${bot}</span
  >`;
}

type IssueState = 'open' | 'draft' | 'merged' | 'closed';

export function stateOf({ state, pull }: Issue): IssueState {
  if (pull?.merged) return 'merged';
  if (state === 'closed') return 'closed';
  return pull?.draft === true ? 'draft' : 'open';
}

export function stateBadge(issue: Issue): Html {
  const state = stateOf(issue);
  return html`<span class="badge ${state}"
    >${state.charAt(0).toUpperCase() + state.slice(1)}</span
  >`;
}

export function labelChip({ name, color }: Label): Html {
  return html`<span class="label"
    ><i style="background:#${color}" aria-hidden="true"></i>${name}</span
  >`;
}

/** What a check says at a glance: a word for the style, a mark, and the word that people know. */
export function checkLook({ status, conclusion }: Pick<CheckRun, 'status' | 'conclusion'>): {
  readonly kind: string;
  readonly mark: string;
  readonly word: string;
} {
  if (status !== 'completed') {
    return { kind: 'pending', mark: '●', word: status === 'queued' ? 'queued' : 'in progress' };
  }
  const word = (conclusion ?? 'unknown').replace('_', ' ');
  if (conclusion === 'success') return { kind: 'success', mark: '✓', word };
  const isCalm = conclusion === 'neutral' || conclusion === 'skipped' || conclusion === 'cancelled';
  return isCalm ? { kind: 'neutral', mark: '■', word } : { kind: 'failure', mark: '✕', word };
}

export function checkMark(run: Pick<CheckRun, 'status' | 'conclusion'>): Html {
  const { kind, mark, word } = checkLook(run);
  return html`<span class="mark ${kind}" title="${word}">${mark}</span>`;
}

export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** «1 file», «2 files». */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
