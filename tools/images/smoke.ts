import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStage } from './container.ts';
import type { Served, Stage } from './container.ts';
import type { Engine } from './engine.ts';

/** What a check of a running service is made of. */
export interface Play {
  readonly port: number;
  readonly state: readonly string[];
  /** Configuration files of the operator, by path in the container. */
  readonly files: Readonly<Record<string, string>>;
  /** Before the service starts: the programs that make its database. */
  readonly prepare: readonly (readonly string[])[];
  /** In place of the image's own arguments to uwsgi. */
  readonly words?: readonly string[];
  /** What is asked of it then; each name is a check. */
  readonly acts: readonly Act[];
}

export interface Act {
  readonly name: string;
  /** The component by whose patch it is there: a series that does not carry that has nothing to ask for. */
  readonly patched?: string;
  readonly act: (served: Served, stage: Stage) => Promise<void>;
}

export interface Check {
  readonly name: string;
  /** Empty where it passed. */
  readonly why: string;
}

interface Scene {
  readonly engine: Engine;
  readonly image: string;
  readonly service: string;
  readonly work: string;
  /** Components of the image that have patches. */
  readonly patched: readonly string[];
}

/** Runs a service as its image starts it, and asks it for what it is there for. */
export async function playService(
  { engine, image, service, work, patched: components }: Scene,
  play: Play,
): Promise<readonly Check[]> {
  const folder = join(work, `smoke-${service}`);
  await mkdir(folder, { recursive: true });
  const files = new Map<string, string>();
  for (const [path, text] of Object.entries(play.files)) {
    const file = join(folder, path.replaceAll('/', '_'));
    await writeFile(file, text, { mode: 0o644 });
    files.set(path, file);
  }
  const stage = openStage(engine, { image, service, port: play.port, state: play.state, files });
  const checks: Check[] = [];
  try {
    for (const program of play.prepare) {
      checks.push(await attempt(program.join(' ').slice(0, 48), async () => stage.run(program)));
    }
    const served = await stage.start(play.words);
    checks.push({ name: `uwsgi answers on port ${play.port}`, why: '' });
    for (const { name, act, patched } of play.acts) {
      if (patched !== undefined && !components.includes(patched)) continue;
      checks.push(await attempt(name, async () => act(served, stage)));
    }
    checks.push(
      await attempt('healthcheck', async () => {
        mustBe(await served.health(), 'healthy');
      }),
    );
    if (checks.some(({ why }) => why !== '')) {
      await writeFile(join(folder, 'container.log'), await served.logs());
    }
  } catch (error) {
    checks.push({ name: 'start', why: reason(error) });
  } finally {
    await stage.close();
  }
  return checks;
}

async function attempt(name: string, act: () => Promise<unknown>): Promise<Check> {
  try {
    await act();
    return { name, why: '' };
  } catch (error) {
    return { name, why: reason(error) };
  }
}

export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function mustBe(found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`it is ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
}
