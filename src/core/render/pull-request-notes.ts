import { noteSections as sectionOrder } from '../model/release-notes.ts';
import type { NoteSection, ReleaseNotes } from '../model/release-notes.ts';
import { inertMarkdown } from './inert-markdown.ts';
import { code, count, details } from './markdown.ts';
import type { Section } from './markdown.ts';

const titles: Readonly<Record<NoteSection, string>> = {
  security: 'Security',
  critical: 'Critical',
  upgrade: 'Upgrade',
  deprecations: 'Deprecated',
  issues: 'Known issues',
  fixes: 'Fixes',
  features: 'New',
  other: 'Other',
  prelude: 'In short',
};

/** Upstream's release notes, folded, a part for each component; they go first where there is no room. */
export function noteSections(all: readonly ReleaseNotes[]): readonly Section[] {
  return all
    .filter(({ notes }) => notes.length > 0)
    .map((notes) => ({
      text: details(`Release notes of ${notes.component}${urgent(notes)}`, noteText(notes)),
      optional: true,
      instead: `There is no room here for the ${count(notes.notes.length, 'release note')} of ${code(notes.component)}.`,
    }));
}

function urgent({ notes }: ReleaseNotes): string {
  const kinds = new Set(notes.map(({ section }) => section));
  const shown = sectionOrder.slice(0, 3).filter((section) => kinds.has(section));
  return shown.length === 0 ? '' : `: ${shown.join(', ')}`;
}

function noteText({ notes }: ReleaseNotes): string {
  return sectionOrder
    .flatMap((section) => {
      const own = notes.filter((note) => note.section === section);
      if (own.length === 0) return [];
      const items = own.map(({ text }) => listItem(inertMarkdown(text)));
      return [`**${titles[section]}**\n\n${items.join('\n')}`];
    })
    .join('\n\n');
}

function listItem(markdown: string): string {
  return `- ${markdown.replace(/\n(?=[^\n])/g, '\n  ')}`;
}
