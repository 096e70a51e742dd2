import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { makeDemoWorld } from '../../../sandbox/demo.ts';
import type { DemoWorld } from '../../../sandbox/demo.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { printLine } from '../output.ts';

/** Runs the command line with some arguments. */
type Pinwheel = (...args: readonly string[]) => Promise<void>;

/** One step of the story: what happens, and what is done about it. */
interface Step {
  readonly title: string;
  readonly tell: string;
  readonly act: (world: DemoWorld, pinwheel: Pinwheel) => Promise<void>;
}

/** The root of this repository, which is also the images repository that the demo copies. */
const root = join(import.meta.dirname, '..', '..', '..');

const steps: readonly Step[] = [
  {
    title: 'An images repository, and a small OpenStack',
    tell: 'A copy of this repository with older pins. Upstream is made on the spot: real git repositories on loopback, whose tags carry the names of real releases. First the constraints and the locks are brought in.',
    act: async (world, pinwheel) => {
      await pinwheel('update', '--write');
      await pinwheel('lock');
      await world.git('add', '--all');
      await world.git('commit', '--quiet', '--message', 'images: where we stand');
      await pinwheel('check');
    },
  },
  {
    title: 'Upstream releases',
    tell: 'Point releases in three series at once, one of them a security fix. oslo.messaging 17.1.0 belongs to 2025.2, and 17.3.0 with the same major to 2026.1. keystone 27.0.2 is listed and has no tag yet. A fix lands on the branch that cinder follows by commit.',
    act: async (world, pinwheel) => {
      await world.release();
      await pinwheel('update');
    },
  },
  {
    title: 'The pins move, and nothing else',
    tell: 'update --write edits the files: comments, columns and line ends stay as they are. A second run has nothing to do.',
    act: async (world, pinwheel) => {
      await pinwheel('update', '--write');
      printLine(await world.git('diff', '--stat'));
      printLine(await world.git('diff', '--unified=0', '--', 'releases/2025.2/source-refs.yaml'));
      await pinwheel('update');
    },
  },
  {
    title: 'What has to be built, and why',
    tell: 'A cell (a service in a series) is built exactly when something that goes into its image changed. This needs no network: the locks say what every pin is.',
    act: async (world, pinwheel) => {
      await pinwheel('plan', '--base', 'HEAD');
      const sha = (await world.git('rev-parse', 'HEAD')).trim();
      await pinwheel('tags', 'keystone', '2025.2', '--branch', 'main', '--sha', sha);
    },
  },
];

/** The demo, given the command line that it is a part of: `runArguments` takes what a shell would. */
export function demoWith(runArguments: (argv: readonly string[]) => Promise<number>) {
  return async (_common: CommonOptions, { once }: { readonly once?: true }): Promise<number> => {
    const waits = once !== true && process.stdin.isTTY && process.stdout.isTTY;
    const world = await makeDemoWorld(root);
    process.env['XDG_CACHE_HOME'] = world.cache;
    try {
      await play(world, runIn(world, runArguments), waits);
    } finally {
      await world.close();
    }
    return exitCodes.fine;
  };
}

async function play(world: DemoWorld, pinwheel: Pinwheel, waits: boolean): Promise<void> {
  for (const [index, step] of steps.entries()) {
    printLine(`\n${styleText('bold', `${index + 1}/${steps.length} ${step.title}`)}\n${step.tell}`);
    await step.act(world, pinwheel);
    if (waits) await pressEnter(index + 1 === steps.length ? 'Enter to end' : 'Enter to go on');
  }
  printLine('\nThe end. `bin/pinwheel update` does the same here, with the real upstream.');
}

/** The real command line on the demo's repository; what is typed is shown. */
function runIn(
  { repository, template }: DemoWorld,
  runArguments: (argv: readonly string[]) => Promise<number>,
): Pinwheel {
  return async (...args) => {
    printLine(styleText('cyan', `\n$ pinwheel ${args.join(' ')}`));
    const common = ['--repo', repository, '--upstream', template];
    await runArguments(['node', 'pinwheel', ...args, ...common]);
  };
}

async function pressEnter(question: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  await terminal.question(`\n[${question}] `);
  terminal.close();
}
