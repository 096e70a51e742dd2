/** Makes the vendored part of GitHub's OpenAPI description out of the whole; pure, so that it is tested. */

/** Any JSON value; the description is walked, not understood. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** What is kept of the description. References inside it read `#/components/…`, as in the whole. */
export interface Subset extends JsonObject {
  readonly paths: JsonObject;
  readonly webhooks: JsonObject;
  readonly components: JsonObject;
}

export interface SubsetRequest {
  readonly operations: readonly string[];
  readonly webhooks: readonly string[];
}

/** Prose for people, most of the bytes. */
const prose = new Set(
  'description example examples x-github externalDocs summary tags title operationId'.split(' '),
);
/** Keys whose own keys are names, not words of the description's language. */
const namespaces = new Set(['properties', 'responses', 'headers', 'content', 'patternProperties']);
/** Free-form by nature: callers choose the names in them. */
const open = new Set(['client_payload', 'inputs']);
const combiners = ['allOf', 'anyOf', 'oneOf'] as const;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object below some keys; throws with the whole path where there is none. */
export function at(value: Json, ...keys: readonly string[]): JsonObject {
  let current: Json | undefined = value;
  for (const key of keys) current = isObject(current) ? current[key] : undefined;
  if (!isObject(current)) throw new Error(`the description has no ${keys.join(' › ')}`);
  return current;
}

/** Only what is asked for and what that refers to; request schemas closed, keys sorted. */
export function makeSubset(original: JsonObject, request: SubsetRequest): Subset {
  const whole = correct(original);
  const paths: Record<string, Record<string, Json>> = {};
  for (const name of request.operations) {
    const [method = '', path = ''] = name.split(' ');
    const operation = strip(at(whole, 'paths', path, method.toLowerCase()));
    paths[path] = { ...paths[path], [method.toLowerCase()]: closeRequest(operation as JsonObject) };
  }
  const webhooks: Record<string, Json> = {};
  for (const name of request.webhooks) {
    const body = at(whole, 'x-webhooks', name, 'post', 'requestBody', 'content');
    webhooks[name] = strip(at(body, 'application/json', 'schema'));
  }
  const components = collectComponents(whole, [paths, webhooks]);
  return sortKeys({ paths, webhooks, components }) as Subset;
}

/** Places where the description says what GitHub does not do. */
const corrections: readonly { readonly place: readonly string[]; readonly value: Json }[] = [
  {
    // Written out there, an account has to be a person and an enterprise at once.
    place: [
      ...['paths', '/app/installations', 'get', 'responses', '200', 'content'],
      ...['application/json', 'schema', 'items'],
    ],
    value: { $ref: '#/components/schemas/installation' },
  },
  {
    // Its list leaves out `stale`, which GitHub sets itself after 14 days.
    place: ['components', 'schemas', 'check-run', 'properties', 'conclusion'],
    value: { $ref: '#/components/schemas/check-run-conclusion' },
  },
  {
    place: ['components', 'schemas', 'check-run-conclusion'],
    value: {
      type: 'string',
      nullable: true,
      enum: [
        ...['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out'],
        ...['action_required', 'stale'],
      ],
    },
  },
];

function correct(whole: JsonObject): JsonObject {
  return corrections.reduce((json, { place, value }) => replaceAt(json, place, value), whole);
}

function replaceAt(json: JsonObject, place: readonly string[], value: Json): JsonObject {
  const [key = '', ...rest] = place;
  const below = json[key];
  if (rest.length > 0 && !isObject(below)) return json;
  return {
    ...json,
    [key]: isObject(below) && rest.length > 0 ? replaceAt(below, rest, value) : value,
  };
}

function strip(value: Json, within = ''): Json {
  if (Array.isArray(value)) return value.map((item: Json) => strip(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => namespaces.has(within) || !prose.has(key))
    // The description lists fewer events of an App than GitHub has: any word is one.
    .map(([key, item]) => [key, key === 'events' ? anyWords(item) : item] as const)
    .map(([key, item]) => [key, strip(item, namespaces.has(within) ? '' : key)] as const);
  return patch(Object.fromEntries(entries));
}

function anyWords(schema: Json): Json {
  const isList = isObject(schema) && schema['type'] === 'array';
  return isList ? { type: 'array', items: { type: 'string' } } : schema;
}

/** Sayings that a validator of JSON Schema cannot take as they are. */
function patch(schema: JsonObject): JsonObject {
  const { format, ...rest } = schema;
  // GitHub's own answers have `name[bot]@users.noreply.github.com`, which is no RFC 5321 address.
  const known = format !== undefined && format !== 'email' && format !== 'repo.nwo';
  const kept = known ? { format, ...rest } : rest;
  if (kept['nullable'] !== true) return kept;
  const { enum: words } = kept;
  // A list of words that leaves out null would forbid what `nullable` allows.
  if (Array.isArray(words)) return { ...kept, enum: [...(words as readonly Json[]), null] };
  if (kept['type'] !== undefined) return kept;
  // `nullable` counts only beside a `type`; without one, null is a branch of its own.
  const plain = Object.fromEntries(Object.entries(kept).filter(([key]) => key !== 'nullable'));
  return { anyOf: [plain, { enum: [null] }] };
}

function closeRequest(operation: JsonObject): JsonObject {
  const body = operation['requestBody'];
  if (!isObject(body)) return operation;
  return { ...operation, requestBody: close(body) };
}

/** No property that is not named: a misspelt one is then an error of the client. */
function close(value: Json): JsonObject {
  return closeAny(value) as JsonObject;
}

function closeAny(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => closeAny(item));
  if (!isObject(value)) return value;
  const closed: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === 'properties') closed[key] = closeProperties(item as JsonObject);
    // Branches speak of the same object as what is around them, which is closed for all of them.
    else if ((combiners as readonly string[]).includes(key) && isObject(value['properties'])) {
      closed[key] = item;
    } else closed[key] = closeAny(item);
  }
  if (!isObject(value['properties'])) return closed;
  const names = branchProperties(value);
  const properties = { ...names, ...(closed['properties'] as JsonObject) };
  return { ...closed, properties, additionalProperties: false };
}

function closeProperties(properties: JsonObject): JsonObject {
  const entries = Object.entries(properties).map(
    ([name, schema]) => [name, open.has(name) ? schema : closeAny(schema)] as const,
  );
  return Object.fromEntries(entries);
}

function branchProperties(schema: JsonObject): JsonObject {
  const branches = combiners.flatMap((key) => (schema[key] ?? []) as readonly Json[]);
  const names = branches.flatMap((branch) => {
    const properties = isObject(branch) ? branch['properties'] : undefined;
    return isObject(properties) ? Object.keys(properties) : [];
  });
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function collectComponents(whole: JsonObject, roots: readonly Json[]): JsonObject {
  const components: Record<string, Record<string, Json>> = {};
  const waiting = [...roots];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    waiting.push(...Object.values<Json>(value));
    const ref = isObject(value) ? value['$ref'] : undefined;
    if (typeof ref !== 'string') continue;
    const [, , kind = '', name = ''] = ref.split('/');
    if (components[kind]?.[name] !== undefined) continue;
    const component = strip(at(whole, 'components', kind, name));
    components[kind] = { ...components[kind], [name]: component };
    waiting.push(component);
  }
  return components;
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => sortKeys(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sortKeys(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
