import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTemplate, repositoryUrls, withoutCredentials } from './repository-url.ts';

describe('an upstream template', () => {
  it.each([
    'https://opendev.org/openstack/{component}',
    'http://127.0.0.1:8080/{component}.git',
    'https://user:token@git.example.org/mirror/{component}',
    'ssh://git@git.example.org:29418/openstack/{component}',
    'git@github.com:openstack/{component}.git',
    'git://git.example.org/{component}',
    'file:///srv/mirror/{component}',
    '/srv/mirror/{component}',
  ])('may be %s', (template) => {
    expect(checkTemplate(template)).toBeUndefined();
  });

  it.each([
    ['https://opendev.org/openstack/nova', 'does not contain {component}'],
    ['ext::sh -c "touch /tmp/x" {component}', 'a space or a control character'],
    ['ext::sh${IFS}{component}', 'is not an absolute path'],
    ['ftp://example.org/{component}', 'is not an absolute path'],
    ['mirror/{component}', 'is not an absolute path'],
    ['--upload-pack=x/{component}', 'is not an absolute path'],
    ['-oProxyCommand=x:{component}', 'is not an absolute path'],
    ['ssh://-oProxyCommand=x/{component}', 'does not name a host'],
    ['ssh://-x@host/{component}', 'does not name a host'],
    ['file://host/{component}', 'needs three slashes'],
    ['https://example.org/?repo={component}', 'has a query'],
    ['https://[bad/{component}', 'is not a URL'],
    ['', 'does not contain {component}'],
  ])('may not be %s', (template, problem) => {
    expect(checkTemplate(template)).toContain(problem);
  });

  it('is never shown with its token', () => {
    expect(checkTemplate('https://user:s3cret@host/nova')).not.toContain('s3cret');
    expect(withoutCredentials('https://to@ken@host/a@b')).toBe('https://host/a@b');
    expect(withoutCredentials('ssh://git:s3cret@host/a')).toBe('ssh://git@host/a');
    expect(withoutCredentials('git@github.com:openstack/nova')).toBe(
      'git@github.com:openstack/nova',
    );
  });

  it('is judged without throwing, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const problem = checkTemplate(`${text}{component}`);
        if (problem !== undefined) expect(problem).not.toMatch(/\n/);
      }),
    );
  });
});

describe("a component's URLs", () => {
  const templates = ['https://one.example.org/{component}', '/two/{component}.git'];

  it('follow the templates in order', () => {
    expect(repositoryUrls({ name: 'oslo.messaging' }, templates)).toEqual([
      'https://one.example.org/oslo.messaging',
      '/two/oslo.messaging.git',
    ]);
  });

  it('are its own where the policy names one', () => {
    const ovn = { name: 'ovn', upstream: 'https://github.com/ovn-org/ovn' };
    expect(repositoryUrls(ovn, templates)).toEqual(['https://github.com/ovn-org/ovn']);
    const own = { name: 'ovn', upstream: 'ext::sh' };
    expect(repositoryUrls(own, templates)).toHaveProperty('problem');
  });

  it.each(['../nova', '-x', 'a/b', '', 'a b', '.git'])('do not exist for %j', (name) => {
    expect(repositoryUrls({ name }, templates)).toHaveProperty('problem');
  });

  it('take a name literally', () => {
    expect(repositoryUrls({ name: 'a.b' }, ['/x/{component}/{component}'])).toEqual(['/x/a.b/a.b']);
  });
});
