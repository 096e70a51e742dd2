import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDockerfile } from './dockerfile.ts';

const imageNames = new Set(['python-base', 'venv-builder', 'nova', 'ovs']);
const path = 'images/nova/Dockerfile';
const sha = `sha256:${'ab'.repeat(32)}`;

function read(text: string) {
  return readDockerfile(text, { path, image: 'nova', imageNames });
}

function problemsOf(text: string): string[] {
  return read(text).problems.map(({ line, code, message }) => `${line} ${code}: ${message}`);
}

/** Lines of a Dockerfile, and what they read from: bases, external images and contexts. */
function sourcesOf(...lines: readonly string[]) {
  const { value, problems } = read(lines.join('\n'));
  expect(problems).toEqual([]);
  const external = value.external.map(({ reference }) => reference);
  return { bases: value.bases, external, contexts: value.contexts };
}

describe('a Dockerfile', () => {
  it('reads from stages, images of the repository, external ones and contexts', () => {
    const text = `# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM ghcr.io/astral-sh/uv:0.11@${sha} AS uv
FROM venv-builder AS build
COPY --from=uv --chown=0:0 /uv /bin/uv
RUN --mount=type=bind,from=source,target=/src,rw \\
    # not a flag
    --mount=type=bind,source=/x,from=docker.io/library/busybox:1,target=/y \\
    --mount=type=cache,target=/root/.cache <<EOF
FROM evil
COPY --from=evil / /
EOF
FROM python-base
COPY --link --from=build /var/lib/openstack /var/lib/openstack
COPY --from=0 /a /b
COPY --from=nova-scheduler-filters / /
COPY --from=ovs / /
COPY --from=source / /
from scratch as last
`;
    expect(read(text)).toEqual({
      problems: [],
      value: {
        name: 'nova',
        dockerfile: path,
        bases: ['venv-builder', 'python-base', 'ovs'],
        external: [
          { reference: 'ghcr.io/astral-sh/uv:0.11', digest: sha, line: 2 },
          { reference: 'docker.io/library/busybox:1', line: 7 },
        ],
        contexts: ['source', 'nova-scheduler-filters'],
      },
    });
  });

  it('can be in CRLF, lower case, with a byte order mark and without a last newline', () => {
    const text = '\u{feff}from python-base as a\r\ncopy --from=A \\\r\n  / /\r\nfrom venv-builder';
    expect(read(text)).toMatchObject({
      problems: [],
      value: { bases: ['python-base', 'venv-builder'], external: [], contexts: [] },
    });
  });

  it('can hide a name behind a stage, but only a stage before it', () => {
    expect(sourcesOf('FROM ubuntu:noble AS ovs', 'FROM ovs')).toEqual({
      ...{ bases: [], external: ['ubuntu:noble'], contexts: [] },
    });
    expect(sourcesOf('FROM python-base AS python-base', 'FROM python-base')).toEqual({
      ...{ bases: ['python-base'], external: [], contexts: [] },
    });
    expect(sourcesOf('FROM ubuntu', 'COPY --from=later / /', 'FROM scratch AS later')).toEqual({
      ...{ bases: [], external: ['ubuntu'], contexts: [] },
    });
  });

  it('names an image with FROM, so that the same name behind --from is that image', () => {
    expect(sourcesOf('FROM busybox', 'COPY --from=busybox / /', 'COPY --from=alpine / /')).toEqual({
      ...{ bases: [], external: ['busybox'], contexts: ['alpine'] },
    });
  });

  it('can have a context of its own name: that is the component', () => {
    expect(sourcesOf('FROM python-base', 'COPY --from=nova / /').contexts).toEqual(['nova']);
    expect(problemsOf('FROM nova')).toEqual(['1 dockerfile-cycle: images/nova starts from itself']);
  });
});

describe('an ARG in FROM', () => {
  it.each([
    ['ARG B=ubuntu:noble', '$B', 'ubuntu:noble'],
    ['ARG A=ubuntu\nARG B="${A}:noble"', '${B}', 'ubuntu:noble'],
    ['ARG A=ubuntu B=noble', '$A:$B', 'ubuntu:noble'],
    ['ARG A', '${A:-ubuntu}', 'ubuntu'],
    ['ARG A=', '${A:-ubuntu}', 'ubuntu'],
    ['ARG B=noble', 'ubuntu:${A:-${B}}', 'ubuntu:noble'],
    ['ARG A=1', 'ubuntu${A:+:noble}', 'ubuntu:noble'],
    ['# none', 'ubuntu${A+:noble}', 'ubuntu'],
    ['ARG A=x\nARG A=ubuntu', '"$A"', 'ubuntu'],
  ])('gets its default: %j FROM %s', (args, image, external) => {
    expect(sourcesOf(args, `FROM ${image}`).external).toEqual([external]);
  });

  it.each([
    ['ARG A', '$A', 'A'],
    ['', '${A}', 'A'],
    ['ARG B=${A}', '$B', 'B'],
    ['ARG B=x', 'x:${A:?needed}', 'A'],
    ['', 'build-${TARGETARCH}', 'TARGETARCH'],
    ['FROM x\nARG A=1', '$A', 'A'],
  ])('is a problem without a default: %j FROM %s', (args, image, name) => {
    const { problems } = read(`${args}\nFROM ${image}`);
    expect(problems.map(({ line, code }) => `${line} ${code}`)).toEqual([
      `${args.split('\n').length + 1} dockerfile-arg`,
    ]);
    expect(problems[0]?.message).toContain(`needs the ARG ${name},`);
  });

  it('cannot grow without end', () => {
    const text = `ARG A=xxxxxxxxxx\n${'ARG A=$A$A\n'.repeat(64)}FROM $A`;
    expect(problemsOf(text)).toHaveLength(1);
  });

  it('is not expanded elsewhere, as BuildKit does not', () => {
    expect(problemsOf('ARG A=x\nFROM ubuntu\nRUN --mount=from=$A,target=/a true')).toEqual([
      '3 dockerfile-arg: images/nova: BuildKit expands no variable in "from=$A"',
    ]);
  });
});

describe('a heredoc', () => {
  it.each([
    [
      'quoted',
      'RUN cat <<\'EOF\' > /x && cat <<-"END"\nFROM evil\nEOF\n\tCOPY --from=evil a b\n\tEND',
    ],
    ['with a file descriptor', 'RUN cat 3<<EOF\nFROM evil\nEOF'],
    ['behind a continued line', 'RUN cat <<EOF \\\n  && true\nFROM evil\nEOF'],
    ['of COPY, two of them', 'COPY <<A <<B /dest/\nFROM evil\nA\nFROM evil\nB'],
    ['of ADD', 'ADD <<A /x\nFROM evil\nA'],
    ['with marks that do not end it', 'RUN cat <<EOF\n EOF\nEOF \nFROM evil\nEOF'],
  ])('%s hides what is in it', (_, run) => {
    expect(sourcesOf('FROM python-base', run, 'FROM venv-builder')).toEqual({
      ...{ bases: ['python-base', 'venv-builder'], external: [], contexts: [] },
    });
  });

  it.each(['RUN cat <<<text', 'RUN echo "<<NOPE"', 'RUN echo $((1<<4))', 'CMD cat <<EOF'])(
    'is not in %j',
    (run) => {
      expect(sourcesOf('FROM python-base', run, 'FROM venv-builder').bases).toHaveLength(2);
    },
  );

  it('without an end is a problem, because it takes the rest of the file with it', () => {
    expect(problemsOf('FROM python-base\nRUN cat <<EOF\nFROM venv-builder\n')).toEqual([
      '2 dockerfile-heredoc: images/nova: the heredoc <<EOF has no end',
    ]);
  });
});

describe('a broken Dockerfile', () => {
  it.each([
    ['', '1 dockerfile-from: images/nova: the Dockerfile has no FROM'],
    ['# FROM x\nRUN true\n', '1 dockerfile-from: images/nova: the Dockerfile has no FROM'],
    ['FROM\n', '1 dockerfile-from: images/nova: this FROM names no image'],
    ['FROM x\nFROM ""', '2 dockerfile-from: images/nova: this FROM names no image'],
    ['FROM -x', '1 dockerfile-reference: "-x" in images/nova is not an image reference'],
    [
      'FROM ubuntu@sha256:abc',
      '1 dockerfile-reference: "ubuntu@sha256:abc" in images/nova is not an image reference',
    ],
    [
      'FROM x\nCOPY --from=a;b / /',
      '2 dockerfile-reference: "a;b" in images/nova is not the name of a build context',
    ],
  ])('%j has one finding', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('never makes the reader throw, and every finding has a line of the file', () => {
    const words = fc.constantFrom(
      ...['FROM ', 'from x as y', '\n', '\r\n', '\\\n', 'RUN ', 'COPY ', 'ADD ', '--from=', '--'],
      ...['--mount=type=bind,from=', '<<EOF', 'EOF\n', '<<-"A"', 'ARG ', 'A=', '${A}', '${A:-'],
      ...['}', '$A', '"', "'", ' ', '\t', '#', '# escape=`\n', 'ONBUILD ', '[', '"]', '\0', 'a'],
      ...['@sha256:', ':', '/', '=', ',', 'HEALTHCHECK ', 'CMD ', 'ENV ', '`', '<<', '\u{feff}'],
    );
    const text = fc.array(words, { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (hostile) => {
        const lines = hostile.split(/\r\n|\r|\n/).length;
        for (const { line } of read(hostile).problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['FROM', 'FROM a\n'],
    ['flags', '--mount=from=x '],
    ['open heredocs', 'RUN <<A\n'],
    ['variables', '${A:-'],
    ['escapes', '\\'],
  ])('of far too many %s is read in time', (_, part) => {
    const { problems } = read(`FROM a\nRUN ${part.repeat(300_000)}`);
    expect(problems.map(({ code }) => code)).toContain('dockerfile-too-large');
  });
});
