import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../images/python-base/bin/healthcheck');
const program = `
import json, runpy, sys
script, words, port = sys.argv[1:]
sys.exit(0 if runpy.run_path(script)["healthy"](json.loads(words), port) else 1)
`;

const answers = new Map<string, number>();
const servers = [401, 503].map((code) =>
  createServer((_, response) => response.writeHead(code).end()),
);

beforeAll(async () => {
  for (const [index, server] of servers.entries()) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    answers.set(['GOOD', 'BAD'][index] ?? '', (server.address() as AddressInfo).port);
  }
});
afterAll(() => {
  for (const server of servers) server.close();
});

function withPorts(text: string): string {
  return text.replace(/GOOD|BAD/g, (name) => String(answers.get(name)));
}

/** What a container with these arguments to uwsgi, in an image whose own port is this, is said to be. */
async function health(words: string, port: string): Promise<string> {
  const list = JSON.stringify(['uwsgi', '--module', 'x', ...withPorts(words).split(' ')]);
  // Not in one process with the server that it asks.
  const child = spawn('python3', ['-c', program, script, list, withPorts(port)], {
    env: { ...process.env, http_proxy: 'http://127.0.0.1:1' },
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve(code === 0 ? 'healthy' : 'unhealthy');
    });
  });
}

const hasPython = spawnSync('python3', ['--version']).status === 0;

// The health check is Python, of the image; a machine that only has git and Node has none to run it with.
test.skipIf(!hasPython).each([
  ['--http-socket :GOOD --master', 'BAD', 'healthy'],
  ['--http-socket=0.0.0.0:GOOD', '1', 'healthy'],
  ['--socket 127.0.0.1:1 --http 127.0.0.1:GOOD', '1', 'healthy'],
  ['--http-socket :BAD', 'GOOD', 'unhealthy'],
  ['--http-socket :1', 'GOOD', 'unhealthy'],
  // Of a configuration file, or at a socket file: what the image would be asked for.
  ['--ini /etc/nova/uwsgi.ini', 'GOOD', 'healthy'],
  ['--ini /etc/nova/uwsgi.ini', 'BAD', 'unhealthy'],
  ['--http-socket', 'GOOD', 'healthy'],
  // There is nobody who speaks HTTP.
  ['--socket :BAD', '1', 'healthy'],
  ['-s :1', 'GOOD', 'unhealthy'],
])('uwsgi %s in an image with port %s is asked where it listens: %s', async (words, port, said) => {
  expect(await health(words, port)).toBe(said);
});
