import { cinder, neutron, nova } from './rootwrap-plays.ts';
import { configuration, database } from './configuration.ts';
import { ask } from './http.ts';
import { mustBe } from './smoke.ts';
import type { Play } from './smoke.ts';

const keystone: Play = {
  port: 5000,
  state: ['/var/lib/keystone', '/etc/keystone/fernet-keys', '/etc/keystone/credential-keys'],
  files: {
    '/etc/keystone/keystone.conf': configuration({
      DEFAULT: ['transport_url = rabbit://127.0.0.1:1/'],
      database: [database('keystone')],
      token: ['provider = fernet'],
    }),
  },
  prepare: [
    ['keystone-manage', 'db_sync'],
    [
      ...['python3', '-c'],
      // Else one that still reads keeps another from writing, and a login that fails is written down.
      'import sqlite3; sqlite3.connect("/var/lib/keystone/keystone.sqlite").execute("PRAGMA journal_mode=WAL")',
    ],
    ['keystone-manage', 'fernet_setup'],
    ['keystone-manage', 'credential_setup'],
    [
      ...['keystone-manage', 'bootstrap', '--bootstrap-password', 'pinwheel'],
      ...['--bootstrap-public-url', 'http://127.0.0.1:5000/v3', '--bootstrap-region-id', 'one'],
    ],
  ],
  acts: [
    {
      name: 'a token is issued, and is good for asking',
      act: async ({ url }) => {
        const token = await keystoneToken(url);
        const headers = { 'x-auth-token': token };
        const { body } = await ask(`${url}/v3/users`, { status: 200, headers });
        mustBe(
          (body as { users: { name: string }[] }).users.map(({ name }) => name),
          ['admin'],
        );
      },
    },
    {
      name: 'the patch of keystone is in: its probe is content with these keys',
      patched: 'keystone',
      act: async (_, stage) => {
        await stage.run(['python3', '-m', 'keystone.cmd.key_probe']);
      },
    },
    {
      name: 'the patch of oslo.messaging is in: its probe says that no broker answers',
      patched: 'oslo.messaging',
      act: async (_, stage) => {
        const words = ['--config-file', '/etc/keystone/keystone.conf', '--timeout', '1'];
        const { code, stderr } = await stage.tryRun([
          'python3',
          '-m',
          'oslo_messaging.broker_probe',
          ...words,
        ]);
        mustBe([code, stderr.startsWith('127.0.0.1:1: ')], [1, true]);
      },
    },
    {
      name: 'a wrong password gets none',
      act: async ({ url }) => {
        await ask(`${url}/v3/auth/tokens`, { status: 401, json: login('wrong') });
      },
    },
  ],
};

function login(password: string): object {
  const domain = { id: 'default' };
  const user = { name: 'admin', domain, password };
  const scope = { project: { name: 'admin', domain } };
  return { auth: { identity: { methods: ['password'], password: { user } }, scope } };
}

async function keystoneToken(url: string): Promise<string> {
  const { headers } = await ask(`${url}/v3/auth/tokens`, { status: 201, json: login('pinwheel') });
  return headers.get('x-subject-token') ?? '';
}

const provider = '6e3ad98e-0a04-4f8e-8b8d-6c55ad7ea4a5';

const placement: Play = {
  port: 8778,
  state: ['/var/lib/placement'],
  files: {
    '/etc/placement/placement.conf': `[placement_database]\n${database('placement')}\n[api]\nauth_strategy = noauth2\n`,
  },
  prepare: [['placement-manage', 'db', 'sync']],
  acts: [
    {
      name: 'a provider has an inventory, and is a candidate',
      act: async ({ url }) => {
        const headers = { 'x-auth-token': 'admin', 'openstack-api-version': 'placement 1.39' };
        const here = `${url}/resource_providers`;
        await ask(here, { status: 200, headers, json: { name: 'one', uuid: provider } });
        await ask(`${here}/${provider}/inventories`, {
          method: 'PUT',
          status: 200,
          headers,
          json: { resource_provider_generation: 0, inventories: { VCPU: { total: 8 } } },
        });
        const { body } = await ask(`${url}/allocation_candidates?resources=VCPU:4`, {
          status: 200,
          headers,
        });
        mustBe(Object.keys((body as { provider_summaries: object }).provider_summaries), [
          provider,
        ]);
      },
    },
    {
      name: 'without a token there is nothing',
      act: async ({ url }) => {
        await ask(`${url}/resource_providers`, { status: 401 });
      },
    },
  ],
};

const glance: Play = {
  port: 9292,
  state: ['/var/lib/glance'],
  files: {
    '/etc/glance/glance-api.conf': [
      '[DEFAULT]',
      'enabled_backends = disk:file',
      '[database]',
      database('glance'),
      '[glance_store]',
      'default_backend = disk',
      '[disk]',
      'filesystem_store_datadir = /var/lib/glance/images',
      '[paste_deploy]',
      'flavor =',
      '[oslo_policy]',
      'enforce_scope = false',
      'enforce_new_defaults = false',
      '',
    ].join('\n'),
  },
  prepare: [
    ['glance-manage', 'db_sync'],
    ['glance-manage', 'db_load_metadefs'],
  ],
  acts: [
    {
      name: 'an image is stored and read back',
      act: async ({ url }) => {
        const json = { name: 'one', disk_format: 'raw', container_format: 'bare' };
        const { body } = await ask(`${url}/v2/images`, { status: 201, json });
        const { id } = body as { id: string };
        const bytes = new TextEncoder().encode('pinwheel '.repeat(10_000));
        const headers = { 'content-type': 'application/octet-stream' };
        await ask(`${url}/v2/images/${id}/file`, { method: 'PUT', status: 204, headers, bytes });
        const file = await ask(`${url}/v2/images/${id}/file`, { status: 200 });
        mustBe(file.body, 'pinwheel '.repeat(10_000));
      },
    },
  ],
};

/** By service; a service without one is built and verified only. */
export const plays: ReadonlyMap<string, Play> = new Map([
  ['keystone', keystone],
  ['placement', placement],
  ['glance', glance],
  ['neutron', neutron],
  ['nova', nova],
  ['cinder', cinder],
]);
