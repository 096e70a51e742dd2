import { describe, expect, it } from 'vitest';
import type { Command, Role } from '../model/command.ts';
import { commandTable } from '../model/command-table.ts';
import { helpTopic, judgeCommand } from './commands.ts';
import type { Asking } from './commands.ts';

const asking: Asking = {
  ...{ role: 'write', edited: false, on: 'pull request', open: true, locked: false },
  names: {
    services: new Map([
      ['keystone', ['2025.1']],
      ['nova', ['2025.1', '2025.2']],
    ]),
    libraries: ['oslo.messaging'],
    series: ['2025.1', '2025.2'],
  },
};

function command(verb: Command['verb'], words: Readonly<Record<string, string>> = {}): Command {
  const places = Object.entries(words).map(
    ([name, text], index) => [name, { text, column: 10 * (index + 1) }] as const,
  );
  return { verb, words: new Map(places), line: `/${verb}`, lineNumber: 1 };
}

function rebuild(component: string, series?: string): Command {
  return command('rebuild', { component, ...(series !== undefined && { series }) });
}

describe('a command', () => {
  it.each([
    ['nova', '2025.2', ['nova/2025.2']],
    ['nova', 'all', ['nova/2025.1', 'nova/2025.2']],
    ['all', '2025.1', ['keystone/2025.1', 'nova/2025.1']],
    ['all', '2025.2', ['nova/2025.2']],
    ['failed', undefined, []],
  ])('names cells: %s %s', (component, series, cells) => {
    expect(judgeCommand(rebuild(component, series), asking)).toEqual({ kind: 'do', cells });
  });

  it.each([
    ['nvoa', '2025.2', 10, 'there is no component nvoa here', 'nova'],
    ['nov', '2025.2', 10, 'there is no component nov here', 'nova'],
    ['Nova', '2025.2', 10, 'there is no component Nova here', 'nova'],
    ['__proto__', '2025.2', 10, 'there is no component __proto__ here', undefined],
    [
      ...(['oslo.messaging', '2025.2', 10] as const),
      ...([
        'oslo.messaging has no image of its own: it goes into the images of services',
        undefined,
      ] as const),
    ],
    ['nova', '2025.3', 20, 'there is no series 2025.3 here', '2025.1'],
    ['keystone', '2025.2', 20, 'keystone is not pinned in 2025.2, but in 2025.1', undefined],
  ])(
    'that names what is not there is pointed at: %s %s',
    (component, series, ...[column, message, nearest]) => {
      const judged = judgeCommand(rebuild(component, series), asking);
      expect(judged).toMatchObject({ kind: 'mistake', mistake: { column, message } });
      expect(judged.kind === 'mistake' && judged.mistake.nearest).toBe(nearest);
    },
  );

  it('is for people with the role of the table, and no others', () => {
    const roles: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];
    for (const { verb, who } of commandTable) {
      const words = { component: 'nova', series: '2025.2', commit: '0'.repeat(40) };
      for (const role of roles) {
        const judged = judgeCommand(command(verb, words), { ...asking, role });
        const may = roles.indexOf(role) >= roles.indexOf(who);
        expect(judged.kind, `${verb} ${role}`).toBe(may ? 'do' : 'denied');
      }
    }
  });

  it('tells somebody who may not ask nothing about names', () => {
    expect(judgeCommand(rebuild('secret', '2025.2'), { ...asking, role: 'read' })).toEqual({
      kind: 'denied',
      why: '/rebuild needs the role write, and yours is read',
    });
  });

  it('is not taken from an edited comment where it cannot be taken back', () => {
    const edited = { ...asking, edited: true };
    const taken = commandTable.filter(
      ({ verb }) => judgeCommand(command(verb, { component: 'nova' }), edited).kind === 'do',
    );
    expect(taken.filter(({ destructive }) => destructive)).toEqual([]);
    expect(judgeCommand(command('cancel'), edited)).toMatchObject({ kind: 'denied' });
    expect(judgeCommand(rebuild('nova', '2025.2'), edited)).toMatchObject({ kind: 'do' });
  });

  it('changes nothing about a closed pull request, and answers questions there', () => {
    const closed = { ...asking, open: false };
    expect(judgeCommand(rebuild('nova', '2025.2'), closed)).toMatchObject({ kind: 'denied' });
    expect(judgeCommand(command('status'), closed)).toMatchObject({ kind: 'do' });
  });

  it('of a locked conversation is taken from people who may write', () => {
    const locked = { ...asking, locked: true };
    expect(judgeCommand(command('status'), { ...locked, role: 'triage' }).kind).toBe('denied');
    expect(judgeCommand(command('status'), locked).kind).toBe('do');
  });

  it('about pull requests is denied on an issue', () => {
    expect(judgeCommand(command('hold'), { ...asking, on: 'issue' }).kind).toBe('denied');
  });

  it('may ask for help with another one, with or without its slash', () => {
    expect(helpTopic(command('help', { verb: '/rebuild' }))).toBe('rebuild');
    expect(helpTopic(command('help'))).toBeUndefined();
  });
});
