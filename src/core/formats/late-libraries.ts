import { createRequire } from 'node:module';
import type * as dockerfileAst from 'dockerfile-ast';
import type * as pipRequirements from 'pip-requirements-js';

/**
 * Libraries that take long to load, and that many a run can do without. Only `require` loads in the
 * middle of a pure function; it loads each of them once.
 */
const load = createRequire(import.meta.url);

/** 20 ms. */
export function dockerfileLibrary(): typeof dockerfileAst {
  return load('dockerfile-ast') as typeof dockerfileAst;
}

/** 30 ms, most of them to make its grammar. */
export function requirementsLibrary(): typeof pipRequirements {
  return load('pip-requirements-js') as typeof pipRequirements;
}
