import { configuration, database, sqlite } from './configuration.ts';
import { ask } from './http.ts';
import { mustBe } from './smoke.ts';
import type { Act, Play } from './smoke.ts';

export const neutron: Play = {
  port: 9696,
  state: ['/var/lib/neutron'],
  files: {
    '/etc/neutron/neutron.conf': configuration({
      DEFAULT: ['auth_strategy = noauth', 'core_plugin = ml2', 'transport_url = fake://'],
      database: [database('neutron')],
      oslo_concurrency: ['lock_path = /tmp'],
    }),
    // It will not start without this file, and upstream does not ship it.
    '/etc/neutron/plugins/ml2/ml2_conf.ini': configuration({
      ml2: ['type_drivers = flat,vxlan', 'tenant_network_types = vxlan', 'mechanism_drivers ='],
      ml2_type_vxlan: ['vni_ranges = 1:1000'],
    }),
  },
  // One process: a second one would fill the same tables at its start, for which SQLite has no lock.
  words: ['--http-socket', ':9696', '--master', '--lazy-apps', '--need-app', '--die-on-term'],
  // Its migrations are for MySQL and PostgreSQL; its own tests make SQLite's tables like this.
  prepare: [
    [
      'python3',
      '-c',
      [
        'import sqlalchemy',
        'from neutron.db.migration.models import head',
        `head.get_metadata().create_all(sqlalchemy.create_engine("${sqlite('neutron', 'neutron')}"))`,
      ].join('; '),
    ],
  ],
  acts: [
    {
      name: 'a network is made and listed',
      act: async ({ url }) => {
        const json = { network: { name: 'one', tenant_id: 'project' } };
        await ask(`${url}/v2.0/networks`, { status: 201, json });
        const { body } = await ask(`${url}/v2.0/networks`, { status: 200 });
        mustBe(
          (body as { networks: { name: string }[] }).networks.map(({ name }) => name),
          ['one'],
        );
      },
    },
    rootwrapOf('neutron'),
  ],
};

export const nova: Play = {
  port: 8774,
  state: ['/var/lib/nova'],
  files: {
    '/etc/nova/nova.conf': configuration({
      DEFAULT: ['transport_url = fake://'],
      api_database: [`connection = ${sqlite('nova', 'api')}`],
      database: [`connection = ${sqlite('nova', 'main')}`],
      oslo_concurrency: ['lock_path = /tmp'],
    }),
  },
  prepare: [
    ['nova-manage', 'api_db', 'sync'],
    ['nova-manage', 'cell_v2', 'map_cell0', '--database_connection', sqlite('nova', 'cell0')],
    ['nova-manage', 'db', 'sync'],
    ['nova-manage', 'cell_v2', 'create_cell', '--name', 'one'],
  ],
  acts: [
    {
      name: 'versions are told to anyone, servers only to who has a token',
      act: async ({ url }) => {
        const { body } = await ask(url, { status: 200 });
        const { versions } = body as { versions: { id: string }[] };
        mustBe(
          versions.map(({ id }) => id),
          ['v2.0', 'v2.1'],
        );
        await ask(`${url}/v2.1/servers`, { status: 401 });
      },
    },
    rootwrapOf('nova'),
    staysUp('nova-novncproxy'),
    staysUp('nova-spicehtml5proxy', '--web', '/usr/share/spice-html5'),
    {
      name: 'ssh may run commands as its user',
      act: async (_, stage) => {
        const entry = await stage.run(['getent', 'passwd', '42424']);
        mustBe(entry.split(':').at(-1), '/bin/bash');
      },
    },
  ],
};

export const cinder: Play = {
  port: 8776,
  state: ['/var/lib/cinder'],
  files: {
    '/etc/cinder/cinder.conf': configuration({
      DEFAULT: ['auth_strategy = noauth', 'transport_url = fake://'],
      database: [database('cinder')],
      oslo_concurrency: ['lock_path = /tmp'],
    }),
  },
  prepare: [['cinder-manage', 'db', 'sync']],
  acts: [
    {
      name: 'volumes are listed',
      act: async ({ url }) => {
        const project = '0123456789abcdef0123456789abcdef';
        const headers = { 'x-auth-token': `admin:${project}` };
        const { body } = await ask(`${url}/v3/${project}/volumes`, { status: 200, headers });
        mustBe(body, { volumes: [] });
      },
    },
    rootwrapOf('cinder'),
  ],
};

/** A console proxy that lacks the pages it serves ends at once. */
function staysUp(program: string, ...words: readonly string[]): Act {
  return {
    name: `${program} stays up`,
    act: async (_, stage) => {
      const { code, stdout, stderr } = await stage.tryRun(['timeout', '15', program, ...words]);
      // timeout had to end it
      mustBe(code === 124 ? '' : (stdout + stderr).slice(-300) || code, '');
    },
  };
}

/** sudo lets the user start rootwrap, and rootwrap finds its filters and refuses what is in none. */
function rootwrapOf(service: string): Act {
  const command = ['sudo', '-n', `${service}-rootwrap`, `/etc/${service}/rootwrap.conf`];
  return {
    name: 'rootwrap runs as root, and refuses what no filter allows',
    act: async (_, stage) => {
      const { code, stdout, stderr } = await stage.tryRun([...command, 'reboot']);
      mustBe([code, /Unauthorized command/.test(stdout + stderr)], [99, true]);
    },
  };
}
