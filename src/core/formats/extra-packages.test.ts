import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExtras } from './extra-packages.ts';

const path = 'releases/2025.2/extra-packages.yaml';

function problemsOf(text: string): string[] {
  const { problems } = readExtras(text, path);
  return problems.map(({ line, code, message }) => `${line} ${code}: ${message}`);
}

describe('extra-packages.yaml', () => {
  it('has lists by service, all of them optional', () => {
    const text = `# why
nova:
  sources: [nova-scheduler-filters]
keystone:
  pip_extras: [ldap]
  pip_packages:
    - PyMySQL
    - glance_store[s3,cinder]
    - "uwsgi >=2.0.30,<3 ; python_version >= '3.10'"
    - plugin @ git+https://git.example.org/plugin@v1#egg=plugin
  apt_packages: [libldap2, g++, libstdc++6]
placement:
glance: {pip_extras: }
`;
    const none = { pipExtras: [], pipPackages: [], aptPackages: [], sources: [] };
    expect(readExtras(text, path)).toEqual({
      problems: [],
      value: new Map([
        ['nova', { ...none, service: 'nova', sources: ['nova-scheduler-filters'], line: 2 }],
        [
          'keystone',
          {
            service: 'keystone',
            pipExtras: ['ldap'],
            pipPackages: [
              'PyMySQL',
              'glance_store[s3,cinder]',
              "uwsgi >=2.0.30,<3 ; python_version >= '3.10'",
              'plugin @ git+https://git.example.org/plugin@v1#egg=plugin',
            ],
            aptPackages: ['libldap2', 'g++', 'libstdc++6'],
            sources: [],
            line: 4,
          },
        ],
        ['placement', { ...none, service: 'placement', line: 12 }],
        ['glance', { ...none, service: 'glance', line: 13 }],
      ]),
    });
  });

  it('may be empty', () => {
    expect(readExtras('', path)).toEqual({ value: new Map(), problems: [] });
  });

  it('has each mistake at its own line', () => {
    const text = `keystone:
  pip_extra: [ldap]
  apt_packages:
    - libldap2
    - -o=Dpkg::Options
    - libldap2=2.6
nova: [uwsgi]
neutron:
  sources: [../etc]
  pip_packages: uwsgi
../x: {}
`;
    expect(problemsOf(text)).toEqual([
      '2 unknown-key: keystone.pip_extra is not a key that Pinwheel knows',
      '5 wrong-value: keystone.apt_packages[1] is "-o=Dpkg::Options", not the name of a Debian package',
      '6 wrong-value: keystone.apt_packages[2] is "libldap2=2.6", not the name of a Debian package',
      '7 wrong-value: nova is a list, not a map of keys and values',
      '9 wrong-value: neutron.sources[0] is "../etc", not a component name (letters, digits, dot, dash and underscore)',
      '10 wrong-value: neutron.pip_packages is "uwsgi", not a list, each item a requirement without options, such as uwsgi==2.0.30',
      '11 wrong-key: "../x" is not a component name (letters, digits, dot, dash and underscore)',
    ]);
  });

  it.each([
    ...['-r requirements.txt', '--index-url=https://evil', '-e .', './local', 'a; rm -rf /'],
    ...['a && b', 'a$(b)', 'a`b`', 'a\nb', 'a|b', 'file:///etc', 'a @ http://example.org/a', ''],
  ])('has no pip package %j', (name) => {
    const text = `nova: {pip_packages: [${JSON.stringify(name)}]}`;
    expect(problemsOf(text)).toHaveLength(1);
  });

  it('never makes the reader throw', () => {
    const words = fc.constantFrom(
      'nova',
      ':',
      ' ',
      '\n',
      '- ',
      'sources',
      '[',
      ']',
      '{',
      '}',
      '-x',
    );
    const text = fc.array(words, { maxLength: 20 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (hostile) => {
        for (const extras of readExtras(hostile, path).value.values()) {
          expect(extras.sources).toBeInstanceOf(Array);
        }
      }),
      { numRuns: 500 },
    );
  });
});
