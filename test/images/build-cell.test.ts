import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');
const push =
  'ERROR: failed to push registry.example/nova: failed to do request: Put "https://registry.example": dial tcp: i/o timeout';
const hasTools = ['bash', 'jq'].every((name) => spawnSync(name, ['--version']).status === 0);
let folder = '';

/** As a job has it: `tools`, with a build that does what `answers` says, one word for each call. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pinwheel-build-cell-'));
  mkdirSync(join(folder, 'tools/scripts'), { recursive: true });
  symlinkSync(join(project, 'scripts/ci'), join(folder, 'tools/scripts/ci'));
  write(
    'tools/scripts/build-image.ts',
    `import { appendFileSync, readFileSync } from 'node:fs';
const calls = ${JSON.stringify(join(folder, 'calls'))};
appendFileSync(calls, process.argv[2] + '\\n');
const count = readFileSync(calls, 'utf8').trim().split('\\n').length;
const said = JSON.parse(readFileSync(${JSON.stringify(join(folder, 'answers'))}, 'utf8'))[count - 1];
if (said) { console.log(said); process.exitCode = 1; }
`,
  );
  // The real one may install first, below the feet of other tests.
  write(
    'tools/tools/with-node.mjs',
    `import { spawnSync } from 'node:child_process';
const options = { stdio: 'inherit' };
process.exitCode = spawnSync(${JSON.stringify(process.execPath)}, process.argv.slice(2), options).status;
`,
  );
  write('bin/sleep', '#!/bin/sh\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  chmodSync(join(folder, path), 0o755);
}

interface Ended {
  readonly code: number | null;
  /** What was built, in order. */
  readonly built: readonly string[];
}

function buildCell(pinwheel: string, answers: readonly string[]): Ended {
  write('tools/bin/pinwheel', `#!/bin/sh\n${pinwheel}\n`);
  write('answers', JSON.stringify(answers));
  write('calls', '');
  const env = { ...process.env, PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` };
  const { status } = spawnSync('bash', [join(project, 'scripts/ci/build-cell.sh')], {
    cwd: folder,
    env: {
      ...env,
      RUNNER_TEMP: folder,
      SERVICE: 'nova',
      SERIES: '2026.1',
      IMAGE: '',
      CACHE: '',
      ARCH: '',
    },
  });
  const built = readFileSync(join(folder, 'calls'), 'utf8').split('\n');
  return { code: status, built: built.filter((line) => line !== '') };
}

const noBase = `echo '{"bases":[]}'`;

// The script is bash and asks jq, which runners have; a machine that only has git and Node need not.
describe.skipIf(!hasTools)('a job that builds a cell', () => {
  test('tries again where a registry or the network failed', () => {
    expect(buildCell(noBase, [push, ''])).toEqual({ code: 0, built: ['nova', 'nova'] });
    expect(readFileSync(join(folder, 'build.log'), 'utf8')).toContain(push);
  });

  test('tries three times at most', () => {
    expect(buildCell(noBase, [push, push, push, ''])).toEqual({
      code: 1,
      built: ['nova', 'nova', 'nova'],
    });
  });

  test.each([
    ['error: patch failed: nova/virt/driver.py:17'],
    ["error: command 'gcc' failed: No such file or directory"],
    ['something that nobody knows'],
  ])('does not try again after: %s', (said) => {
    expect(buildCell(noBase, [said, ''])).toEqual({ code: 1, built: ['nova'] });
  });

  test('builds its bases first, and stops where it cannot know them', () => {
    const bases = `echo '{"bases":["ovs"]}'`;
    expect(buildCell(bases, ['', ''])).toEqual({ code: 0, built: ['ovs', 'nova'] });
    expect(buildCell('exit 2', [''])).toEqual({ code: 2, built: [] });
  });
});
