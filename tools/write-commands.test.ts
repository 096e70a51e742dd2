import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandTable } from '../src/core/model/command-table.ts';
import { commandsFile, commandsText } from './write-commands.ts';

const page = readFileSync(commandsFile, 'utf8');

it('has docs/commands.md committed as `npm run commands` writes it', async () => {
  expect(page).toBe(await commandsText(page));
});

it('tells of every command there', () => {
  for (const { verb } of commandTable) expect(page).toContain(`\`/${verb}`);
});
