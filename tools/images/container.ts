import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ran } from '../../scripts/command.ts';
import { lastLines } from '../../scripts/command.ts';
import type { Engine } from './engine.ts';

/** A service that is run for a test: its containers share a network and folders of state. */
export interface Stage {
  /** Runs a program of the image to its end, on the state of the stage. */
  readonly run: (program: readonly string[]) => Promise<string>;
  readonly tryRun: (program: readonly string[]) => Promise<Ran>;
  /** Starts the image as it is, or with other arguments to its entry point; answers on `url`. */
  readonly start: (words?: readonly string[]) => Promise<Served>;
  readonly close: () => Promise<void>;
}

export interface Served {
  readonly url: string;
  readonly health: () => Promise<string>;
  readonly logs: () => Promise<string>;
}

export interface StageOptions {
  readonly image: string;
  readonly service: string;
  readonly port: number;
  /** Folders that outlive a container; each becomes a volume, owned as in the image. */
  readonly state: readonly string[];
  /** Files of the operator: path in the container, to its content's file on this machine. */
  readonly files: ReadonlyMap<string, string>;
}

export function openStage(engine: Engine, options: StageOptions): Stage {
  const name = `pinwheel-test-${options.service}-${randomBytes(3).toString('hex')}`;
  const volumes = options.state.map((path, index) => ({ path, name: `${name}-${index}` }));
  const mounts = [
    ...volumes.flatMap((volume) => ['--volume', `${volume.name}:${volume.path}`]),
    ...[...options.files].flatMap(([path, file]) => ['--volume', `${file}:${path}:ro`]),
  ];
  function program([first = '', ...rest]: readonly string[]): readonly string[] {
    return ['run', '--rm', ...mounts, '--entrypoint', first, options.image, ...rest];
  }
  return {
    run: async (words) => engine.docker(program(words), { timeout: 300_000 }),
    tryRun: async (words) => engine.tryDocker(program(words), { timeout: 300_000 }),
    start: async (words = []) => {
      await engine.docker([
        ...[
          'run',
          '--detach',
          '--name',
          name,
          '--publish',
          `127.0.0.1::${options.port}`,
          ...mounts,
        ],
        ...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
        ...[options.image, ...words],
      ]);
      const published = await engine.docker(['port', name, `${options.port}/tcp`]);
      const served: Served = {
        url: `http://${published.split('\n')[0] ?? ''}`,
        health: async () =>
          (await engine.tryDocker(['exec', name, 'healthcheck', String(options.port)])).code === 0
            ? 'healthy'
            : 'unhealthy',
        logs: async () => {
          const said = await engine.tryDocker(['logs', name]);
          return `${said.stdout}${said.stderr}`;
        },
      };
      await untilItAnswers(served);
      return served;
    },
    close: async () => {
      await engine.tryDocker(['rm', '--force', '--volumes', name]);
      for (const volume of volumes)
        await engine.tryDocker(['volume', 'rm', '--force', volume.name]);
    },
  };
}

/** Two minutes: the machine may be busy with others. */
async function untilItAnswers({ url, logs }: Served): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    const response = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined);
    if (response) {
      await response.arrayBuffer();
      return;
    }
    await wait(500);
  }
  throw new Error(`${url} does not answer\n${lastLines(await logs(), 30)}`);
}
