import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGit } from '../sandbox/git.ts';
import { runToEnd, temporaryFolder } from './support/pinwheel.ts';
import type { Ran } from './support/pinwheel.ts';

const project = join(import.meta.dirname, '..');

/** What a person types in a shell of their own: their Node first, and nothing that npm had set. */
function type(dir: string, program: string, ...args: readonly string[]): Promise<Ran> {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE|^VITEST/.test(name));
  const env = {
    ...Object.fromEntries(kept),
    PATH: path.join(delimiter),
    XDG_CACHE_HOME: join(dir, '..', 'cache'),
  };
  return runToEnd(program, args, { cwd: dir, env });
}

describe('a fresh clone', () => {
  it('plays the demo as the first thing that is typed in it', async (context) => {
    const clone = join(await temporaryFolder(), 'clone');
    await runGit(['clone', '--quiet', project, clone]);
    const { code, stdout, stderr } = await type(clone, 'npm', 'run', 'demo', '--', '--once');
    if (code === 3 && process.env['CI'] === undefined) {
      context.skip('skipped: npm could not install; the registry has to be reachable');
    }
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/needs a hand with its patches[\s\S]*The end\./);
    expect(await runGit(['-C', clone, 'status', '--porcelain'])).toBe('');

    const typed = await type(
      join(clone, '..'),
      'clone/bin/pinwheel',
      'plan',
      '--all',
      '--repo',
      'clone',
    );
    expect(typed).toMatchObject({ code: 0, stderr: '' });
    expect(typed.stdout).toContain('18 images to build');
  });
});
