import { Command, CommanderError, Option } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };
import type { CommonOptions } from './common.ts';
import { exitCodes } from './exit.ts';

/** A command's work; loaded when the command is run, so that the others cost nothing. */
type Run = (common: CommonOptions, ...given: readonly never[]) => Promise<number>;

const { version } = packageFile;

/** Parses a command line and runs it; resolves to the exit code of docs/design.md. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const exit: { code: number } = { code: exitCodes.fine };
  const program = createProgram((code) => {
    exit.code = code;
  });
  try {
    await program.parseAsync(argv);
    return exit.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  }
}

function createProgram(done: (code: number) => void): Command {
  const program = new Command('pinwheel')
    .description('Keeps the container images of OpenStack current: pins, constraints, patches.')
    .option('--repo <dir>', 'the images repository', '.')
    .addOption(
      repeatable(
        '--upstream <template>',
        'git URL with {component}, repeat in order of preference',
        'opendev.org, then github.com',
      ),
    )
    .option('--json', 'machine-readable result on stdout')
    .option('--debug', 'say where an error came from')
    .version(version, '-V, --version', 'the version of Pinwheel')
    .showHelpAfterError('(pinwheel --help lists what there is)')
    .exitOverride();
  addMaintenance(program, done);
  addBuilding(program, done);
  addApp(program, done);
  addHelpers(program, done);
  return program;
}

function addMaintenance(program: Command, done: (code: number) => void): void {
  program
    .command('check')
    .description('validate the repository; exit 1 when there are findings')
    .addOption(repeatable('--series <id>', 'only this series'))
    .addOption(repeatable('--component <name>', 'only the pins and patches of this component'))
    .option('--fix', 'refresh and drop patches in the working tree: all that can be, or none')
    .option('--carry-forward', 'try each patch in the other series of its component too')
    .option('--at <ref>', 'try the patches of one component on this tag, branch or commit instead')
    .action(action(done, async () => (await import('./commands/check.ts')).runCheck));
  program
    .command('update')
    .description('what would move, and why the rest does not; exit 1 when something would')
    .option('--write', 'edit the working tree: all files or none')
    .action(action(done, async () => (await import('./commands/update.ts')).runUpdate));
  program
    .command('lock')
    .description('bring the lock files up to date with the pins and the branches they follow')
    .option('--check', 'write nothing; exit 1 when a lock no longer says what the pins say')
    .action(action(done, async () => (await import('./commands/lock.ts')).runLock));
}

function addBuilding(program: Command, done: (code: number) => void): void {
  program
    .command('plan')
    .description('which images to build, and why')
    .option('--all', 'every cell')
    .option('--base <rev>', 'cells whose inputs differ from this revision')
    .option('--head <rev>', 'compare this revision instead of the working tree')
    .addOption(repeatable('--cell <service/series>', 'this cell, changed or not', 'none'))
    .option('--matrix', 'print the matrix of an Actions job')
    .action(action(done, async () => (await import('./commands/plan.ts')).runPlan));
  program
    .command('apply')
    .description('apply the patches of a component to its source, all of them or none')
    .argument('<component>')
    .argument('<series>')
    .requiredOption('--source <dir>', 'folder of the source: a checkout or an unpacked archive')
    .action(action(done, async () => (await import('./commands/apply.ts')).runApply));
  program
    .command('constraints')
    .description('the effective constraints of a series, or of one image')
    .argument('<series>')
    .argument('[service]')
    .action(action(done, async () => (await import('./commands/constraints.ts')).runConstraints));
  program
    .command('recipe')
    .description('what a build of one image is given: sources, arguments, contexts, labels (JSON)')
    .argument('<service>')
    .argument('<series>')
    .action(action(done, async () => (await import('./commands/recipe.ts')).runRecipe));
  program
    .command('tags')
    .description('the image tags of a cell')
    .argument('<service>')
    .argument('<series>')
    .requiredOption('--branch <name>', 'branch of the images repository')
    .requiredOption('--sha <commit>', 'commit of the images repository')
    .option('--run <id>', 'build run, for a tag that no rebuild can overwrite')
    .option('--default-branch <name>', "GitHub's; without it the first of the policy's branches")
    .action(action(done, async () => (await import('./commands/tags.ts')).runTags));
}

function addApp(program: Command, done: (code: number) => void): void {
  program
    .command('serve')
    .description('the GitHub App; settings come from the environment')
    .action(action(done, async () => (await import('./commands/serve.ts')).runServe));
  program
    .command('setup')
    .description('make the GitHub App, with a page of this machine')
    .requiredOption('--url <url>', 'where GitHub is to reach pinwheel serve')
    .option('--organization <login>', 'whose App it is to be')
    .option('--name <name>', 'its name, which must be free on that GitHub')
    .option('--github <url>', 'where GitHub is, if not at github.com')
    .option('--port <port>', 'of the page; 0 is any that is free', '0')
    .action(action(done, async () => (await import('./commands/setup.ts')).runSetup));
  program
    .command('jobs')
    .description('what waits, what runs, and what is dead')
    .addOption(repeatable('--retry <id>', 'have a dead job run again; all for each', 'none'))
    .action(action(done, async () => (await import('./commands/jobs.ts')).runJobs));
  program
    .command('replay')
    .description('send a webhook from a file to pinwheel serve, as GitHub would')
    .argument('<file>', "its payload, or a delivery of GitHub's log")
    .option('--event <name>', 'such as push, where the file does not say')
    .option('--to <url>', 'where pinwheel serve listens')
    .action(action(done, async () => (await import('./commands/replay.ts')).runReplay));
}

function addHelpers(program: Command, done: (code: number) => void): void {
  program
    .command('doctor')
    .description('what is missing to run')
    .action(action(done, async () => (await import('./commands/doctor.ts')).runDoctor));
  program
    .command('demo')
    .description('the whole story on this machine: a small GitHub, small upstreams, the real bot')
    .option('--once', 'end with a summary; else it stays up, to be looked at in a browser')
    .action(action(done, async () => (await import('./commands/demo.ts')).runDemo));
}

/** Joins commander's call (arguments…, options, command) to a run of the loaded module. */
function action(
  done: (code: number) => void,
  load: () => Promise<Run>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const run = await load();
    // Commander gives what the command declares; each module types its own part of it.
    done(await run(command.optsWithGlobals<CommonOptions>(), ...(given.slice(0, -1) as never[])));
  };
}

function repeatable(flags: string, description: string, otherwise = 'all'): Option {
  return new Option(flags, description)
    .default([], otherwise)
    .argParser((value: string, before: readonly string[]) => [...before, value]);
}
