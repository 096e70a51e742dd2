import { micromark } from 'micromark';
import type { Options } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { keepSafe } from './safe-html.ts';

type HtmlExtension = NonNullable<Options['htmlExtensions']>[number];

/** Collects raw HTML and lets through what is safe, instead of writing all of it out. */
const filteredHtml: HtmlExtension = {
  enter: {
    htmlFlow() {
      this.lineEndingIfNeeded();
      this.setData('ignoreEncode', true);
      this.buffer();
    },
    htmlText() {
      this.setData('ignoreEncode', true);
      this.buffer();
    },
  },
  exit: {
    htmlFlow() {
      this.setData('ignoreEncode');
      this.raw(keepSafe(this.resume()));
    },
    htmlText() {
      this.setData('ignoreEncode');
      this.raw(keepSafe(this.resume()));
    },
  },
};

/** GitHub's Markdown as safe HTML: what a person sees of a body, a comment, a summary. */
export function renderMarkdown(text: string): string {
  const rendered = micromark(text, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml(), filteredHtml],
  });
  return linkNames(showAlerts(rendered));
}

/** `> [!WARNING]` */
function showAlerts(rendered: string): string {
  return rendered.replace(
    /<blockquote>\n<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\n?/g,
    (_, kind: string) => {
      const word = kind.charAt(0) + kind.slice(1).toLowerCase();
      return `<blockquote class="alert ${word.toLowerCase()}">\n<p><strong>${word}</strong><br>`;
    },
  );
}

/** Mentions and references are live, outside of code and links: what is not defused shows. */
function linkNames(rendered: string): string {
  let depth = 0;
  return rendered.replace(/<(\/?)(a|code|pre)\b[^>]*>|<[^>]*>|[^<]+/g, (part, slash, name) => {
    if (name !== undefined) depth += slash === '/' ? -1 : 1;
    if (part.startsWith('<') || depth > 0) return part;
    return part
      .replace(/(^|[\s(])@([a-zA-Z0-9][\w-]{0,38})/g, '$1<a class="mention" href="/$2">@$2</a>')
      .replace(/(^|[\s(])#(\d+)\b/g, '$1<a class="mention" href="../issues/$2">#$2</a>');
  });
}
