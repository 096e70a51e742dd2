import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const script = readFileSync(join(import.meta.dirname, '../../scripts/verify-image.py'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'pinwheel-verify-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** `folder/name-version` */
function install(path: string, requires = ''): void {
  const [name = '', version = ''] = basename(path).split('-');
  const info = join(folder, `${path}.dist-info`);
  mkdirSync(info, { recursive: true });
  const lines = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`];
  if (requires !== '') lines.push(`Requires-Dist: ${requires}`);
  writeFileSync(join(info, 'METADATA'), `${lines.join('\n')}\n`);
}

const hasPackaging = spawnSync('python3', ['-c', 'import packaging']).status === 0;

// What verifies an image is Python with `packaging`; a machine that only has git and Node has neither.
test.skipIf(!hasPackaging)(
  'of two folders that have a package, the one that Python imports is judged',
  () => {
    install('environment/pinwheel.demo-2.0', 'pinwheel-helper>=2');
    install('environment/pinwheel_helper-2.1');
    install('system/pinwheel_demo-1.0');
    install('system/pinwheel.helper-1.0');
    function said(...folders: readonly string[]): string {
      const path = folders.map((name) => join(folder, name)).join(delimiter);
      const env = { ...process.env, PYTHONPATH: path };
      const words = ['-', 'pinwheel-demo', '2.0'];
      return spawnSync('python3', words, { env, input: script, encoding: 'utf8' }).stdout;
    }
    const good = said('environment', 'system');
    expect(good).toMatch(/^ok version$/m);
    expect(good).not.toContain('needs pinwheel-helper');
    expect(said('system', 'environment')).toMatch(/^FAILED version: .*'1\.0'/m);
  },
);
