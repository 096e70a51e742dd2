import type { Flag, From, Instruction } from 'dockerfile-ast';
import type { Finding, Parsed } from '../model/finding.ts';
import type { Image } from '../model/image.ts';
import { expandArgs } from './dockerfile-args.ts';
import type { BuildArgs } from './dockerfile-args.ts';
import { sortSources } from './dockerfile-sources.ts';
import type { SourceContext, SourceName } from './dockerfile-sources.ts';
import { dockerfileLibrary } from './late-libraries.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';

/** The parser is quick, but no Dockerfile is this long. */
const largest = 256 * 1024;
/** ARGs that double one another in turn could otherwise fill the memory. */
const longestName = 1000;

interface Read {
  readonly names: readonly SourceName[];
  readonly problems: readonly Finding[];
}

/**
 * Reads what a Dockerfile builds on. A name is a stage of the file, another image of this
 * repository, an external image, or a named build context.
 */
export function readDockerfile(text: string, context: SourceContext): Parsed<Omit<Image, 'files'>> {
  const { DockerfileParser } = dockerfileLibrary();
  const short = text.slice(0, largest);
  const instructions = DockerfileParser.parse(visibleHeredocs(short)).getInstructions();
  const froms = readFroms(instructions, context);
  const flags = readFlags(instructions, { ...context, stages: froms.stages });
  const sorted = sortSources([...froms.names, ...flags.names].sort(byLine), context);
  const problems = [
    ...(short === text ? [] : [problemAt(context, 1, tooLarge)]),
    ...froms.problems,
    ...openHeredocs(instructions, context),
    ...flags.problems,
    ...sorted.problems,
  ];
  return {
    value: { name: context.image, dockerfile: context.path, ...sorted.sources },
    problems,
  };
}

function byLine(a: SourceName, b: SourceName): number {
  return a.line - b.line;
}

/** The library overlooks a heredoc with a file descriptor, `RUN cat 3<<EOF`: the number is blanked. */
function visibleHeredocs(text: string): string {
  return text.replace(/(?<=[ \t])\d+(?=<<)/g, (digits) => ' '.repeat(digits.length));
}

function readFroms(
  instructions: readonly Instruction[],
  context: SourceContext,
): Read & { readonly stages: ReadonlySet<string> } {
  const { From } = dockerfileLibrary();
  const args = globalArgs(instructions);
  const names: SourceName[] = [];
  const problems: Finding[] = [];
  const stages = new Set<string>();
  const froms = instructions.filter((instruction) => instruction instanceof From);
  for (const from of froms) {
    const line = from.getRange().start.line + 1;
    const read = imageOf(from, args);
    if ('code' in read) problems.push(problemAt(context, line, read));
    // A stage can start from those before it only: `FROM base AS base` names another image.
    else if (read.name !== 'scratch' && !stages.has(read.name.toLowerCase())) {
      names.push({ kind: 'from', name: read.name, line });
    }
    const stage = from.getBuildStage();
    if (stage !== null) stages.add(stage.toLowerCase());
  }
  if (froms.length === 0) problems.push(problemAt(context, 1, noFrom));
  return { names, problems, stages };
}

/** The ARGs before the first FROM, which are the only ones that a FROM sees. */
function globalArgs(instructions: readonly Instruction[]): BuildArgs {
  const { Arg, From } = dockerfileLibrary();
  const args = new Map<string, string | undefined>();
  for (const instruction of instructions) {
    if (instruction instanceof From) return args;
    if (!(instruction instanceof Arg)) continue;
    for (const property of instruction.getProperties()) {
      const value = expandArgs(property.getValue() ?? '', args);
      const usable = property.getValue() !== null && value.kind === 'text';
      const text = usable && value.text.length <= longestName ? value.text : undefined;
      args.set(property.getName(), text);
    }
  }
  return args;
}

function imageOf(from: From, args: BuildArgs): Problem | { readonly name: string } {
  const raw = from.getImage() ?? '';
  const image = expandArgs(raw.slice(0, longestName), args);
  if (image.kind === 'unset') {
    return {
      code: 'dockerfile-arg',
      message: `FROM ${shownText(raw)} needs the ARG ${image.name}, which has no default before it`,
      remedy: `give ARG ${image.name} a default before the first FROM`,
    };
  }
  const name = image.text.replace(/["']/g, '');
  return name === '' ? noImage : { name };
}

interface Stages extends SourceContext {
  readonly stages: ReadonlySet<string>;
}

function readFlags(instructions: readonly Instruction[], context: Stages): Read {
  const { Copy, Run } = dockerfileLibrary();
  const names = instructions.flatMap((instruction) => {
    if (instruction instanceof Copy) return instruction.getFlags().flatMap(fromFlag);
    return instruction instanceof Run ? instruction.getFlags().flatMap(fromMount) : [];
  });
  const outside = names.filter(
    ({ name }) =>
      name !== 'scratch' && !/^\d+$/.test(name) && !context.stages.has(name.toLowerCase()),
  );
  return {
    names: outside.filter(({ name }) => !name.includes('$')),
    problems: outside
      .filter(({ name }) => name.includes('$'))
      .map(({ name, line }) => problemAt(context, line, variableSource(name))),
  };
}

function fromFlag(flag: Flag): readonly SourceName[] {
  return flag.getName() === 'from' ? sourceName(flag, flag.getValue()) : [];
}

function fromMount(flag: Flag): readonly SourceName[] {
  if (flag.getName() !== 'mount') return [];
  const option = flag.getOptions().findLast((one) => one.getName().toLowerCase() === 'from');
  return sourceName(flag, option?.getValue() ?? null);
}

function sourceName(flag: Flag, value: string | null): readonly SourceName[] {
  const name = (value ?? '').replace(/["']/g, '');
  return name === '' ? [] : [{ kind: 'copy', name, line: flag.getRange().start.line + 1 }];
}

/** A heredoc without an end takes the rest of the file with it, FROM lines included. */
function openHeredocs(
  instructions: readonly Instruction[],
  context: SourceContext,
): readonly Finding[] {
  const { Copy, Run } = dockerfileLibrary();
  return instructions.flatMap((instruction) => {
    if (!(instruction instanceof Run || instruction instanceof Copy)) return [];
    const open = instruction.getHeredocs().find((heredoc) => heredoc.getDelimiterRange() === null);
    const line = instruction.getRange().start.line + 1;
    return open ? [problemAt(context, line, openHeredoc(open.getName()))] : [];
  });
}

type Problem = Pick<Finding, 'code' | 'message' | 'remedy'>;

function problemAt(context: SourceContext, line: number, { message, ...words }: Problem): Finding {
  const text = `images/${context.image}: ${message}`;
  return failure({ file: context.path, line }, { ...words, message: text });
}

const tooLarge: Problem = {
  code: 'dockerfile-too-large',
  message: `no more than ${largest / 1024} KiB of a Dockerfile are read`,
  remedy: 'move what is long into files beside the Dockerfile',
};

const noFrom: Problem = {
  code: 'dockerfile-from',
  message: 'the Dockerfile has no FROM',
  remedy: 'begin it with a FROM',
};

const noImage: Problem = {
  code: 'dockerfile-from',
  message: 'this FROM names no image',
  remedy: 'write the name of an image behind FROM',
};

function variableSource(name: string): Problem {
  return {
    code: 'dockerfile-arg',
    message: `BuildKit expands no variable in "from=${shownText(name)}"`,
    remedy: 'name a stage that starts FROM that variable, and read from the stage',
  };
}

function openHeredoc(name: string): Problem {
  return {
    code: 'dockerfile-heredoc',
    message: `the heredoc <<${shownText(name)} has no end`,
    remedy: `end it with a line that holds ${shownText(name)} alone; as plain text, write << without a space before it`,
  };
}
