import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../images/ovs/healthcheck');
let folder = '';
let daemons: ChildProcess[] = [];
let sockets: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pw-ovs-'));
  daemons = [];
  sockets = [];
  // Its last word is `version`; a target with `hung` in its name gives no answer.
  program('ovs-appctl', 'echo "$*" >>"$ASKED"; case "$*" in *hung*) exit 1 ;; esac');
  for (const name of ['ovsdb-server', 'ovn-northd', 'sleeper']) program(name, 'sleep 60 & wait');
});
afterEach(() => {
  for (const daemon of daemons) process.kill(-(daemon.pid ?? 0), 'SIGKILL');
  for (const socket of sockets) socket.close();
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** Starts what the kernel lists by that name; its number. */
async function start(name: string, ...words: readonly string[]): Promise<number> {
  const daemon = spawn(join(folder, name), words, { stdio: 'ignore', detached: true });
  daemons.push(daemon);
  const { pid = 0 } = daemon;
  await expect.poll(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()).toBe(name);
  return pid;
}

async function listen(name: string): Promise<string> {
  const path = join(folder, name);
  const server = createServer();
  sockets.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

/** Whether it is content, and which sockets of ours it asked. */
function health(): { readonly healthy: boolean; readonly asked: readonly string[] } {
  const asked = join(folder, 'asked');
  writeFileSync(asked, '');
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, ASKED: asked };
  const ran = spawnSync(script, { env: { ...env, OVS_RUNDIR: folder, OVN_RUNDIR: '' } });
  const targets = [...readFileSync(asked, 'utf8').matchAll(/--target=(\S+) version$/gm)];
  return {
    healthy: ran.status === 0,
    asked: targets.map(([, target = '']) => target).filter((target) => target.startsWith(folder)),
  };
}

// It reads /proc, as it is in an image; other systems have none.
describe.skipIf(process.platform !== 'linux')('the health check of compiled programs', () => {
  test('asks each daemon at the socket that has its name and number, and nothing else', async () => {
    const server = await listen(`ovsdb-server.${await start('ovsdb-server')}.ctl`);
    await listen(`sleeper.${await start('sleeper')}.ctl`);
    // As the parent of a daemon that is watched.
    await start('ovn-northd');
    expect(health()).toEqual({ healthy: true, asked: [server] });
  });

  test('asks at the socket that the daemon was given, and says where there is no answer', async () => {
    const hung = await listen('hung.ctl');
    await start('ovn-northd', `--unixctl=${hung}`);
    expect(health()).toEqual({ healthy: false, asked: [hung] });
  });

  test('is content where none of them runs', () => {
    expect(health()).toEqual({ healthy: true, asked: [] });
  });
});
