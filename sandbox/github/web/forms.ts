import { html } from 'hono/html';
import type { Html } from './parts.ts';

export interface Deed {
  /** Address that the form is sent to. */
  readonly to: string;
  /** What is done, and what more is to be known. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A form of one button. */
export function button(label: string, { to, fields }: Deed, look = ''): Html {
  return html`<form method="post" action="${to}">
    ${hidden(fields)}<button class="${look}">${label}</button>
  </form>`;
}

export function commentForm({ to, fields }: Deed): Html {
  return html`<form method="post" action="${to}" class="talk">
    ${hidden(fields)}
    <label for="body">Add a comment</label>
    <textarea id="body" name="body" rows="4" required></textarea>
    <button>Comment</button>
  </form>`;
}

function hidden(fields: Deed['fields']): readonly Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
}
