import type { Role } from '../model/command.ts';
import { commandTable, usageOf } from '../model/command-table.ts';
import type { CommandSpec } from '../model/command-table.ts';
import { code, table } from './markdown.ts';

/** Who may use it, in words. */
function whoMay(role: Role): string {
  return role === 'read' ? 'everybody' : `people with the role ${role}, or a higher one`;
}

/** All commands, those that this person may not use marked. */
export function helpText(may: (spec: CommandSpec) => boolean): string {
  const rows = commandTable.map((spec) => [
    code(usageOf(spec)),
    spec.does,
    may(spec) ? 'you may' : `needs ${spec.who}`,
  ]);
  return [
    table(['command', 'does', ''], rows),
    'Several commands in a comment stand on lines of their own. `/help <command>` says more about one.',
  ].join('\n\n');
}

/** One command, with examples. They are code, and so no commands themselves. */
export function helpAbout(spec: CommandSpec): string {
  const notes = [
    `For ${whoMay(spec.who)}.`,
    ...(spec.where === 'pull requests' ? ['On pull requests only.'] : []),
    ...(spec.destructive ? ['Never taken from an edited comment.'] : []),
  ];
  const examples = spec.examples.map((text) => `- ${code(`/${text}`)}`);
  return [`${code(usageOf(spec))}: ${spec.does}.`, notes.join(' '), examples.join('\n')].join(
    '\n\n',
  );
}

/** The section of docs/commands.md. */
export function commandsPage(): string {
  const rows = commandTable.map((spec) => [
    code(usageOf(spec)),
    [
      spec.does,
      ...(spec.where === 'pull requests' ? ['on pull requests only'] : []),
      ...(spec.destructive ? ['never from an edited comment'] : []),
    ].join('; '),
    spec.who === 'read' ? 'everybody' : spec.who,
    spec.examples.map((text) => code(`/${text}`)).join('<br>'),
  ]);
  return table(['command', 'does', 'least role', 'examples'], rows);
}
