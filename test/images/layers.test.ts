import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../tools/images/layers.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pinwheel-layers-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const long = `${'folder-'.repeat(20)}/${'name-'.repeat(30)}`;

/** An image of one layer with these files, as an OCI layout. */
function layout(
  name: string,
  files: Readonly<Record<string, string>>,
  time = '@1700000000',
): string {
  const tree = join(folder, `${name}.tree`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
  const words = ['--format=pax', '--sort=name', `--mtime=${time}`, '--owner=0', '--group=0'];
  const pax = '--pax-option=delete=atime,delete=ctime,delete=mtime';
  const layer = execFileSync('tar', ['-cz', ...words, pax, '-C', tree, '.']);
  const out = join(folder, name);
  mkdirSync(join(out, 'blobs/sha256'), { recursive: true });
  function put(content: string | Buffer): { readonly digest: string; readonly mediaType: string } {
    const hex = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(out, 'blobs/sha256', hex), content);
    return { digest: `sha256:${hex}`, mediaType: '' };
  }
  const manifest = put(JSON.stringify({ config: put('{}'), layers: [put(layer)] }));
  writeFileSync(join(out, 'index.json'), JSON.stringify({ manifests: [manifest] }));
  return out;
}

describe('of two images', () => {
  const files = { 'etc/same': 'a', 'etc/other': 'b', [long]: 'c' };

  test('that are the same nothing differs', async () => {
    expect(await differences(layout('a', files), layout('b', files))).toEqual([]);
  });

  test('each file that differs is named, however long its name is, and no other', async () => {
    const rest = { 'etc/same': 'a' };
    const lines = await differences(
      layout('c', files),
      layout('d', { ...rest, [long]: 'd', 'etc/new': 'e' }),
    );
    expect(lines.map((line) => line.split(': ')[1]).sort()).toEqual(
      [`./${long}`, './etc/new', './etc/other'].sort(),
    );
    expect(lines.find((line) => line.includes('etc/new'))).toMatch(/: missing \| 0 644 0:0 /);
  });

  test('a time that differs is one, too', async () => {
    const lines = await differences(layout('e', files), layout('f', files, '@1700000001'));
    expect(lines.join('\n')).toMatch(/etc\/same: 0 644 0:0 1700000000 .* \| 0 644 0:0 1700000001 /);
  });
});
