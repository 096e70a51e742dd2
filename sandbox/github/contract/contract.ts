import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { Operation } from './operations.ts';
import { at, isObject } from './subset.ts';
import type { Json, JsonObject, Subset } from './subset.ts';

interface RequestParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined where the request has no body. */
  readonly body: unknown;
}

interface AnswerParts {
  readonly status: number;
  readonly body: unknown;
  /** Default: `application/json`. */
  readonly mediaType?: string;
}

/** Judges by GitHub's own description; each method gives problems in words, none when all is well. */
export interface Contract {
  request(operation: Operation, parts: RequestParts): readonly string[];
  answer(operation: Operation, parts: AnswerParts): readonly string[];
  /** `name` as in the description: `pull-request-opened`. */
  webhook(name: string, payload: unknown): readonly string[];
}

/** Refusals that every endpoint knows, whether or not the description lists them. */
const everywhere = new Set([301, 304, 307, 400, 401, 403, 404, 409, 415, 422, 429, 500, 502, 503]);
const file = join(import.meta.dirname, 'openapi-subset.json.gz');

let loaded: { readonly subset: Subset; readonly contract: Contract } | undefined;

/** Read once a process; schemas are compiled when they are first met. */
export function loadContract(): Contract {
  loaded ??= makeContract(JSON.parse(gunzipSync(readFileSync(file)).toString()) as Subset);
  return loaded.contract;
}

function makeContract(subset: Subset): { readonly subset: Subset; readonly contract: Contract } {
  const compile = compiler(subset);
  const contract: Contract = {
    request: (operation, parts) => [
      ...parameterProblems(compile, subset, { operation, parts }),
      ...bodyProblems(compile, subset, { operation, body: parts.body }),
    ],
    answer: (operation, parts) => answerProblems(compile, subset, { operation, parts }),
    webhook: (name, payload) =>
      subset.webhooks[name] === undefined
        ? [`no webhook ${name} in the description`]
        : compile.pointed(['webhooks', name])(payload),
  };
  return { subset, contract };
}

type Judge = (value: unknown) => readonly string[];

interface Compiler {
  /** The schema at a place of the subset. */
  pointed(path: readonly string[]): Judge;
  /** Path and query values are text: numbers and booleans are read from it. */
  parameters(key: string, schema: () => JsonObject): Judge;
}

function compiler(subset: Subset): Compiler {
  const options = { strict: false, allErrors: true, unicodeRegExp: false, logger: false } as const;
  const exact = new Ajv(options);
  const lenient = new Ajv({ ...options, coerceTypes: true });
  const known = new Map<string, Judge>();
  for (const ajv of [exact, lenient]) {
    formats.default(ajv);
    ajv.addSchema(subset, 'gh');
  }
  function remember(key: string, make: () => ValidateFunction): Judge {
    const judge = known.get(key) ?? judgeWith(make());
    known.set(key, judge);
    return judge;
  }
  return {
    pointed(path) {
      const $ref = `gh#/${path.map(escapePointer).join('/')}`;
      return remember($ref, () => exact.compile({ $ref }));
    },
    parameters: (key, schema) => remember(key, () => lenient.compile(schema())),
  };
}

function escapePointer(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function judgeWith(validate: ValidateFunction): Judge {
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(inWords));
}

function inWords({ instancePath, message = 'is wrong', params }: ErrorObject): string {
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  const named = extra === undefined ? '' : `: ${extra}`;
  return `${instancePath === '' ? 'it' : instancePath} ${message}${named}`;
}

function placeOf(operation: Operation): readonly [string, string, string] {
  const [method = '', path = ''] = operation.split(' ');
  return ['paths', path, method.toLowerCase()];
}

function parameterProblems(
  compile: Compiler,
  subset: Subset,
  { operation, parts }: { readonly operation: Operation; readonly parts: RequestParts },
): readonly string[] {
  const judge = compile.parameters(operation, () => parameterSchema(subset, operation));
  return judge({ ...parts.params, ...parts.query });
}

function parameterSchema(subset: Subset, operation: Operation): JsonObject {
  const list = at(subset, ...placeOf(operation))['parameters'] ?? [];
  const properties: Record<string, Json> = {};
  const required: string[] = [];
  for (const parameter of list as readonly JsonObject[]) {
    const { name, schema, required: needed } = resolve(subset, parameter);
    if (typeof name !== 'string') continue;
    properties[name] = pointInto(schema ?? {});
    if (needed === true) required.push(name);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

function resolve(subset: Subset, value: JsonObject): JsonObject {
  const ref = value['$ref'];
  return typeof ref === 'string' ? at(subset, ...ref.split('/').slice(1)) : value;
}

/** A schema outside of the subset refers to it by its name. */
function pointInto(schema: Json): Json {
  const ref = isObject(schema) ? schema['$ref'] : undefined;
  return typeof ref === 'string' ? { $ref: `gh${ref}` } : schema;
}

function bodyProblems(
  compile: Compiler,
  subset: Subset,
  { operation, body }: { readonly operation: Operation; readonly body: unknown },
): readonly string[] {
  const place = placeOf(operation);
  const wanted = at(subset, ...place)['requestBody'];
  if (!isObject(wanted)) return body === undefined ? [] : ['it takes no body'];
  if (body === undefined) return wanted['required'] === true ? ['its body is missing'] : [];
  return compile.pointed([...place, 'requestBody', 'content', 'application/json', 'schema'])(body);
}

function answerProblems(
  compile: Compiler,
  subset: Subset,
  { operation, parts }: { readonly operation: Operation; readonly parts: AnswerParts },
): readonly string[] {
  const { status, body, mediaType = 'application/json' } = parts;
  const response = at(subset, ...placeOf(operation), 'responses')[String(status)];
  if (!isObject(response)) {
    return everywhere.has(status) ? [] : [`${status} is not among its answers`];
  }
  const ref = response['$ref'];
  const place =
    typeof ref === 'string'
      ? ref.split('/').slice(1)
      : [...placeOf(operation), 'responses', String(status)];
  const content = at(subset, ...place)['content'];
  // What an error says is often left out of the description.
  if (!isObject(content))
    return body === undefined || status >= 400 ? [] : [`${status} has no body`];
  if (content[mediaType] === undefined) return [];
  return compile.pointed([...place, 'content', mediaType, 'schema'])(body);
}
