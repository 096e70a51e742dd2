// Runs a file of this project with the Node it needs, whatever Node was typed: `node with-node.mjs FILE ARG…`.
// On a fresh clone it installs first, so that every npm script can be the first thing typed.
// Plain JavaScript without dependencies, for it must run on any Node from 20 on.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.pinwheel-installed');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

function installed() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
}

function install() {
  process.stderr.write('pinwheel: first run here, installing what it needs (about 20 seconds)\n');
  const npm = process.env.npm_execpath;
  const [program, ...first] = npm ? [process.execPath, npm] : ['npm'];
  const result = spawnSync(program, [...first, 'ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    process.stderr.write(
      'pinwheel: npm ci failed; the lines above say why. Is the npm registry reachable?\n',
    );
    process.exit(3);
  }
  writeFileSync(stamp, lock);
}

/** The packaged Node 24, else this one where it is new enough to run TypeScript. */
function findNode() {
  const packaged = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(packaged)) return packaged;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major >= 26 || (major === 24 && minor >= 11)) return process.execPath;
  process.stderr.write(
    `pinwheel: needs Node 24.11 or newer, this is ${process.versions.node}, and no packaged Node exists for ` +
      `${process.platform} ${process.arch}; install Node 24\n`,
  );
  process.exit(3);
}

/** Where Node keeps compiled code and stripped types, as in bin/pinwheel; it does without where it cannot write. */
function compileCache() {
  const { NODE_COMPILE_CACHE: given, XDG_CACHE_HOME: caches } = process.env;
  return given || join(caches || join(homedir(), '.cache'), 'pinwheel', 'compile');
}

if (!installed()) install();
const node = findNode();
const child = spawn(node, process.argv.slice(2), {
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${dirname(node)}:${process.env.PATH}`,
    NODE_COMPILE_CACHE: compileCache(),
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 128 : (code ?? 1)));
