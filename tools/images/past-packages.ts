import { readFile } from 'node:fs/promises';
import type { Result } from './cell.ts';
import type { Engine } from './engine.ts';
import { mustBe, reason } from './smoke.ts';

const script = new URL('./past-packages.sh', import.meta.url);

/** That a build with APT_SNAPSHOT has the packages of that moment; Debian's own past is out of reach here. */
export async function playPastPackages(engine: Engine, image: string): Promise<Result> {
  const started = performance.now();
  const name = 'packages of the moment that APT_SNAPSHOT names';
  let why = '';
  try {
    const input = await readFile(script, 'utf8');
    const said = await engine.docker(['run', '--rm', '--interactive', image, 'sh', '-s'], {
      input,
    });
    mustBe(said.split('\n'), ['1', '2']);
  } catch (error) {
    why = reason(error);
  }
  const seconds = (performance.now() - started) / 1000;
  return { image: 'python-base', version: '', megabytes: 0, seconds, checks: [{ name, why }] };
}
