import * as v from 'valibot';
import type { Extras } from '../model/extras.ts';
import type { Parsed } from '../model/finding.ts';
import { aComponentName, componentName } from './names.ts';
import { inLineOrder } from './problem.ts';
import { readYaml } from './yaml-file.ts';
import { isYamlMap, partAt, readShape, textLike } from './yaml-shape.ts';
import { wrongKey, wrongValue } from './yaml-shape.ts';
import type { YamlPart } from './yaml-shape.ts';

/** What Debian policy §5.6.1 allows, without the version or architecture that apt-get would take. */
const aptName = /^[a-z0-9][a-z0-9+.-]+$/;

const extraName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/**
 * PEP 508: name, extras, versions or an https address, marker. The text ends up in a shell command
 * of a Dockerfile, so that nothing but those may be in it, and no option of pip.
 */
const requirement =
  /^[A-Za-z0-9][A-Za-z0-9._-]* ?(?:\[[A-Za-z0-9._, -]+\])? ?(?:@ (?:git\+)?https:\/\/[A-Za-z0-9._~:/?#@!+,=%&-]+|[A-Za-z0-9.*+!_,<>=~ -]*)(?: ?; ?[A-Za-z0-9._'"<>=!~() -]+)?$/;

function listOf(expected: string, pattern: RegExp) {
  return v.nullish(v.array(textLike(expected, pattern), `a list, each item ${expected}`), []);
}

const extrasSchema = v.strictObject({
  pip_extras: listOf("the name of one of the service's extras", extraName),
  pip_packages: listOf('a requirement without options, such as uwsgi==2.0.30', requirement),
  apt_packages: listOf('the name of a Debian package', aptName),
  sources: listOf(aComponentName, componentName),
});

/** Reads extra-packages.yaml, by service. */
export function readExtras(text: string, path: string): Parsed<ReadonlyMap<string, Extras>> {
  const { value: file, problems } = readYaml(text, { path, scalars: 'typed' });
  const root: YamlPart = { file, path, at: [], value: file.value ?? {} };
  if (!isYamlMap(root.value)) {
    return { value: new Map(), problems: [...problems, wrongValue(root, 'a map of services')] };
  }
  const read = Object.entries(root.value).map(([service, value]) =>
    readService(service, partAt(root, service, value ?? {})),
  );
  return {
    value: new Map(read.flatMap(({ value }) => (value ? [[value.service, value] as const] : []))),
    problems: inLineOrder([...problems, ...read.flatMap((entry) => entry.problems)]),
  };
}

function readService(service: string, part: YamlPart): Parsed<Extras | undefined> {
  if (!componentName.test(service)) {
    return { value: undefined, problems: [wrongKey(part, aComponentName)] };
  }
  const { value, problems } = readShape(extrasSchema, part);
  if (!value) return { value, problems };
  const extras: Extras = {
    service,
    pipExtras: value.pip_extras,
    pipPackages: value.pip_packages,
    aptPackages: value.apt_packages,
    sources: value.sources,
    line: part.file.lineOf(part.at),
  };
  return { value: extras, problems };
}
