import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { serveLoopback } from '../../sandbox/wire.ts';
import { failureScan } from '../../src/core/decide/failure-class.ts';
import { logReader } from '../../src/core/formats/build-log.ts';
import { installed, nockedApp } from '../support/nocked-github.ts';

const megabyte = 1024 * 1024;
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
const stamp = '2026-01-05T08:00:00.0000000Z ';

/** Colours, bars that are written over, secrets, no line end for a megabyte, bytes that are no text. */
const block = Buffer.concat([
  Buffer.from(`${stamp}\u001b[36;1mpulling\u001b[0m https://bob:hunter2@registry.example.org/\n`),
  Buffer.from(`${stamp}${'\rdownloaded 1 of 100 \u001b[K'.repeat(20_000)}\n`),
  Buffer.from(`${stamp}token=${token} ${'x'.repeat(megabyte)}\n`),
  Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
  Buffer.from(`${stamp}#12 0.345 ${'a line of the build\n'.repeat(1000)}`),
]);
const end = Buffer.from(
  `${stamp}\u001b[31mE: Unable to locate package libvirt-dev\u001b[0m password=hunter2 ${token}\n`,
);
const blocks = Math.floor((199 * megabyte) / block.length);

function* huge(): Generator<Buffer> {
  for (let at = 0; at < blocks; at += 1) yield block;
  yield end;
}

test('a log of 200 MB is read in pieces: little memory, its class and line, and no secrets', async () => {
  const server = await serveLoopback((request, response) => {
    const { url = '' } = request;
    if (url.endsWith('/access_tokens')) {
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ token: 'x', expires_at: '2100-01-01T00:00:00Z' }));
    } else if (url.endsWith('/logs')) {
      response.writeHead(302, { location: `http://${request.headers.host ?? ''}/blob` }).end();
    } else Readable.from(huge()).pipe(response);
  });
  onTestFinished(() => server.close());

  const app = nockedApp({ apiUrl: server.url, webUrl: server.url });
  const { actions } = app.repository(installed);
  const scan = failureScan();
  const reader = logReader(scan.take);
  const before = process.memoryUsage.rss();
  let most = 0;
  let read = 0;
  const began = performance.now();
  const came = await actions.jobLog(7, (piece) => {
    reader.take(piece);
    read += piece.length;
    most = Math.max(most, process.memoryUsage.rss() - before);
  });
  reader.end();
  const failure = scan.end();
  console.info(
    `${Math.round(read / megabyte)} MB in ${Math.round(performance.now() - began)} ms, ${Math.round(most / megabyte)} MB more memory`,
  );
  expect(came).toBe(true);
  expect(read).toBeGreaterThan(190 * megabyte);
  expect(most).toBeLessThan(150 * megabyte);
  expect(failure.class).toBe('system package');
  expect(failure.line).toBe(blocks * 1004 + 1);
  const shown = failure.excerpt.join('\n');
  expect(shown).toContain('E: Unable to locate package libvirt-dev');
  expect(shown).not.toMatch(/hunter2|ghp_|\u001b|\0/);
}, 300_000);
