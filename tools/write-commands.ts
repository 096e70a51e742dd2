import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { commandsPage } from '../src/core/render/command-help.ts';

/** The page whose section about comments is written from the table of commands. */
export const commandsFile = new URL('../docs/commands.md', import.meta.url);

const begin = '<!-- commands:begin (npm run commands writes what follows) -->';
const end = '<!-- commands:end -->';

/** The page with the section as it should be. */
export async function commandsText(page: string): Promise<string> {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('docs/commands.md has no marks');
  const text = `${before}${begin}\n\n${commandsPage()}\n\n${end}${after}`;
  return format(text, { parser: 'markdown', printWidth: 110, proseWrap: 'preserve' });
}

if (import.meta.main) {
  writeFileSync(commandsFile, await commandsText(readFileSync(commandsFile, 'utf8')));
}
