import { describe, expect, it } from 'vitest';
import { WorldError } from '../core/model/failures.ts';
import { createLog, withLogContext } from './log.ts';
import type { Log } from './log.ts';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

function watchedLog(...secrets: readonly string[]): { log: Log; lines: Line[] } {
  const lines: Line[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  return { log: createLog({ level: 'info', secrets, to }), lines };
}

describe('the log', () => {
  it('has the ids of the work that a line is of, however deep it is written', async () => {
    const { log, lines } = watchedLog();
    await withLogContext({ job: 'j1' }, async () => {
      await Promise.resolve();
      withLogContext({ delivery: 'd1' }, () => {
        log.info('inside');
      });
    });
    log.info('outside');
    expect(lines[0]).toMatchObject({ job: 'j1', delivery: 'd1', msg: 'inside', level: 'info' });
    expect(lines[1]).not.toHaveProperty('job');
  });

  it.each([
    ['the secret of the webhook', 'signed with "quoted\\secret"'],
    [
      'a token of an installation',
      'fetching https://x-access-token:ghs_16C7e42F292c6912@github.com/a/b.git',
    ],
    ['a token of the new kind', 'ghs_12_eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE2MDB9.c2lnbmF0dXJl failed'],
    ['a JWT', 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE2MDB9.c2lnbmF0dXJl'],
    ['a password of the database', 'connecting to postgres://pinwheel:c2lnbmF0dXJl@db/x'],
    ['a key', '-----BEGIN RSA PRIVATE KEY-----\nc2lnbmF0dXJl\n-----END RSA PRIVATE KEY-----'],
  ])('hides %s, in messages, fields and errors', (_, text) => {
    const { log, lines } = watchedLog('quoted\\secret');
    log.info({ field: text, err: new Error(text) }, text);
    const written = JSON.stringify(lines);
    expect(written).toContain('[hidden]');
    expect(written).not.toMatch(/quoted|16C7e42F292c6912|c2lnbmF0dXJl/);
  });

  it('has of an error what helps, and not what libraries hang on theirs', () => {
    const { log, lines } = watchedLog();
    const error = Object.assign(new WorldError('GitHub is away', 'wait'), {
      event: { payload: 'x'.repeat(1000) },
    });
    log.warn({ err: error }, 'failed');
    expect(lines[0]?.['err']).toMatchObject({ name: 'WorldError', remedy: 'wait' });
    expect(lines[0]?.['err']).not.toHaveProperty('event');
  });
});
