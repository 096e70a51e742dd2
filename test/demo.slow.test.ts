import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd } from './support/pinwheel.ts';
import { emptyDataDir } from './support/postgres.ts';

const cli = join(import.meta.dirname, '..', 'src', 'app', 'cli.ts');

/** The environment of a person who has configured nothing, and a folder in which the demo makes its own. */
async function plainPlace(): Promise<{ readonly env: NodeJS.ProcessEnv; readonly place: string }> {
  const place = await emptyDataDir(onTestFinished);
  const { PATH, HOME } = process.env;
  return { place, env: { PATH, HOME, TMPDIR: place } };
}

/** Those who know that folder, by their command lines. */
async function processesOf(place: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const known = await Promise.all(
    ids.map(async (id) => {
      const [line, env] = await Promise.all(
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${id}/${file}`).catch(() => '')),
      );
      return `${String(line)}${String(env)}`.includes(place) ? String(line) : '';
    }),
  );
  return known.filter((line) => line !== '');
}

describe('the demo', () => {
  it('plays the whole story, tells it without colours, and leaves nothing behind', async () => {
    const { env, place } = await plainPlace();
    const { code, stdout, stderr } = await runToEnd(process.execPath, [cli, 'demo', '--once'], {
      env,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain(place);
    const told = stdout.replaceAll(/[│\s]+/g, ' ');
    for (const part of [
      'main: nothing to propose',
      'Carry four patches in 2025.2: all checks pass',
      'nova: 33.0.1 belongs to 2026.1, not to 2025.2',
      'main: 8 opened',
      '#6 2025.2: move glance, cinder, oslo.messaging: 1 failed, 5 built',
      "nova/2025.2: system package: E: Version '3.9.0-1' for 'openvswitch-switch' was not found",
      '✓ alice comments on #6: /rebuild nova 2025.2 👀 after',
      '1 running, 5 built → 6 built',
      'built again: cinder/2025.1, glance/2025.1; the check says: 6 built',
      '/rebuild nvoa 2025.2 ^^^^ there is no component nvoa here Did you mean nova?',
      '#3 security all 4 pass 2025.2: keystone 28.0.1 → 28.0.2 (security)',
      'refs all 4 pass 2025.2: move glance, cinder, oslo.messaging 1 patch refreshed, 1 patch dropped.',
      'component patches: fails 2025.2: nova 32.1.0 → 32.2.1 needs a hand with its patches',
      'constraints all 4 pass 2025.1: upper-constraints.txt to',
      "were as GitHub's own description has them. The end.",
    ]) {
      expect(told).toContain(part);
    }
    expect(await readdir(place)).toEqual([]);
    expect(await processesOf(place)).toEqual([]);
  });

  it.each([
    ['while the bot starts', 'A small GitHub', 'SIGINT'],
    ['while it looks around', 'The bot starts', 'SIGINT'],
    ['while pull requests are made', 'Upstream goes on', 'SIGINT'],
    ['as a service is ended', 'Upstream goes on', 'SIGTERM'],
  ] as const)('is interrupted %s, and leaves nothing behind', async (_, word, signal) => {
    const { env, place } = await plainPlace();
    const child = spawn(process.execPath, [cli, 'demo', '--once'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      // A process group of its own.
      detached: true,
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const before = said;
      said += chunk.toString();
      // All processes get it, and the first once more by way of npm.
      if (!before.includes(word) && said.includes(word) && child.pid !== undefined) {
        process.kill(-child.pid, signal);
        child.kill(signal);
      }
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, ended: said.includes('The end.') }).toEqual({ code: 130, ended: false });
    expect(await readdir(place)).toEqual([]);
    expect(await processesOf(place)).toEqual([]);
  });

  it('says in one line why it did not come to its end, and what the bot said', async () => {
    const { env, place } = await plainPlace();
    const nowhere = { ...env, PG_BIN: place };
    const { code, stderr } = await runToEnd(process.execPath, [cli, 'demo', '--once'], {
      env: nowhere,
    });
    expect(code).toBe(1);
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toBe('pinwheel: the demo did not come to its end: the bot ended');
    expect(lines.at(-1)).toContain('does not hold the programs postgres and initdb');
    expect(await readdir(place)).toEqual([]);
  });
});
