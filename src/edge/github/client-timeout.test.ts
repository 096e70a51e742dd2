import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createClient } from './client.ts';
import { createWriteBudget } from './write-budget.ts';

const home = { owner: 'acme', repo: 'images' };

/** Never answers a pull request, and everything else. (Under nock no request is ever given up.) */
async function silentServer(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url !== '/repos/acme/images/pulls')
      response.setHeader('content-type', 'application/json').end('[]');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a write that gets no answer fails, and the next one has its turn', async () => {
  const apiUrl = await silentServer();
  function now(): number {
    return 0;
  }
  const octokit = createClient({
    ...{ apiUrl, now, budget: createWriteBudget(now), timeoutMs: 100 },
    auth: {},
  });
  const [first, second] = await Promise.allSettled([
    octokit.rest.pulls.create({ ...home, title: 'Move nova', head: 'x', base: 'main' }),
    octokit.rest.issues.addLabels({ ...home, issue_number: 1, labels: ['a'] }),
  ]);
  expect(second.status).toBe('fulfilled');
  expect(first).toMatchObject({
    reason: {
      message:
        'GitHub: POST /repos/acme/images/pulls: no answer: The operation was aborted due to timeout',
    },
  });
});
