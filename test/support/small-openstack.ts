import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serveGit } from '../../sandbox/git-http.ts';
import type { GitServer } from '../../sandbox/git-http.ts';
import { makeOpenStack } from '../../sandbox/openstack.ts';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { temporaryFolder } from './pinwheel.ts';

/** Two series, a service in three states of release, and a library whose major both series share. */
const smallStory: OpenStackStory = {
  series: [
    { id: '2025.1', name: 'epoxy', status: 'maintained', initialRelease: '2025-04-02' },
    { id: '2025.2', name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' },
  ],
  components: [
    {
      name: 'nova',
      lines: { '2025.1': ['31.0.0', '31.1.0'], '2025.2': ['32.0.0', '32.1.0', '32.2.1'] },
    },
    {
      name: 'keystone',
      lines: { '2025.1': ['27.0.0', { version: '27.0.1', tagged: false }], '2025.2': ['28.0.0'] },
    },
    {
      name: 'oslo.messaging',
      type: 'library',
      lines: { '2025.1': ['17.0.0', '17.0.1'], '2025.2': ['17.1.0', '17.2.0'] },
    },
  ],
};

/** Makes a story real, and serves it over HTTP until the test is over. */
export async function serveOpenStack(
  story: OpenStackStory = smallStory,
): Promise<{ readonly server: GitServer; readonly template: string; readonly dir: string }> {
  const dir = join(await temporaryFolder(), 'upstreams');
  await makeOpenStack(dir, story);
  const server = await serveGit(dir);
  onTestFinished(() => server.close());
  return { server, template: `${server.url}/{component}`, dir };
}

const dockerfile = `FROM python-base
RUN --mount=type=bind,from=source,target=/source \\
    --mount=type=bind,from=libraries,target=/libraries \\
    --mount=type=bind,from=constraints,target=/constraints true
`;

/** An images repository for the small story, with pins that can move and every kind of file. */
export const smallRepository: Readonly<Record<string, string>> = {
  'images/python-base/Dockerfile': `FROM ubuntu:noble@sha256:${'ab'.repeat(32)}\n`,
  'images/nova/Dockerfile': dockerfile,
  'images/keystone/Dockerfile': dockerfile,
  'releases/2025.1/source-refs.yaml': `nova: "31.0.0"            # tag\nkeystone: "27.0.0"        # tag\noslo.messaging: "17.0.0"  # a library\n`,
  'releases/2025.2/source-refs.yaml': `# flamingo\nnova:     "32.0.0"        # tag\r\nkeystone: '28.0.0'\noslo.messaging: "17.1.0"  # a library`,
  'releases/2025.2/extra-packages.yaml': 'nova:\n  apt_packages: [iproute2]\n',
  'overrides/2025.2/constraints.txt': 'requests===2.32.6  # waiting for upstream\nuwsgi===2.0.31\n',
};
