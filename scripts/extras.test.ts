import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingExtras } from './extras.ts';

test.each([
  [
    'setup.cfg',
    '[metadata]\nname = keystone\n\n[extras]\nldap =\n  python-ldap>=3.0\nmem_cache =\n  x\n[files]\nno =\n',
  ],
  ['setup.cfg', '[options.extras_require]\r\nLDAP =\r\n  python-ldap\r\nmem-cache = x\r\n'],
  [
    'pyproject.toml',
    '[project.optional-dependencies]\nldap = [\n  "python-ldap",\n]\n"mem.cache" = []\n[tool.x]\nno = 1\n',
  ],
  [
    'setup.cfg',
    '[extras] # drivers\nldap:\n  x\n[a]\nno = 1\n[options.extras_require]\nmem_cache = x\n',
  ],
  ['pyproject.toml', '[project]\noptional-dependencies = { ldap = ["x"], mem_cache = [] }\n'],
  [
    'pyproject.toml',
    '[ project . optional-dependencies ] # drivers\nldap = ["x"]\nmem-cache = []\n',
  ],
  [
    'pyproject.toml',
    'project.optional-dependencies.ldap = []\nproject.optional-dependencies.mem_cache = []\n',
  ],
  [
    'pyproject.toml',
    '[tool.setuptools.dynamic.optional-dependencies]\nldap = { file = ["a"] }\nmem_cache = { file = ["b"] }\n',
  ],
])('extras are read from %s', async (file, text) => {
  const tree = await mkdtemp(join(tmpdir(), 'pinwheel-extras-'));
  await writeFile(join(tree, file), text);
  expect(await missingExtras(tree, 'ldap,mem_cache')).toEqual([]);
  expect(await missingExtras(tree, 'ldap,no,oauth1')).toEqual(['no', 'oauth1']);
  expect(await missingExtras(tree, '')).toEqual([]);
  await rm(tree, { recursive: true });
});
