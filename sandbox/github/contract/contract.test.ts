import { describe, expect, it } from 'vitest';
import { refusal, testWorld } from '../test-world.ts';
import { violationLines } from '../violations.ts';
import { makeLimiter } from '../api/limits.ts';
import { allRoutes } from '../api/routes.ts';
import { makeFaults } from '../faults.ts';
import { makeHooks } from '../hooks/hooks.ts';
import { loadContract } from './contract.ts';
import { operations } from './operations.ts';
import { makeSubset } from './subset.ts';
import type { JsonObject } from './subset.ts';

const run = 'POST /repos/{owner}/{repo}/check-runs';
const params = { owner: 'acme', repo: 'images' };
const good = { name: 'a', head_sha: 'b', output: { title: 't', summary: 's' } };

describe('the contract', () => {
  it('knows what GitHub takes, and finds words that it does not know', () => {
    const contract = loadContract();
    expect(contract.request(run, { params, query: {}, body: good })).toEqual([]);
    const bad = { ...good, conlusion: 'success', output: { ...good.output, anotations: [] } };
    expect(contract.request(run, { params, query: {}, body: bad })).toEqual([
      'it must NOT have additional properties: conlusion',
      '/output must NOT have additional properties: anotations',
    ]);
    expect(contract.request(run, { params, query: {}, body: undefined })).toEqual([
      'its body is missing',
    ]);
    expect(contract.request(run, { params, query: { page: '1' }, body: good })).toEqual([
      'it must NOT have additional properties: page',
    ]);
  });

  it('knows what GitHub answers and sends', () => {
    const contract = loadContract();
    expect(contract.answer(run, { status: 200, body: {} })).toEqual([
      '200 is not among its answers',
    ]);
    expect(contract.answer(run, { status: 201, body: { id: 'x' } })).toContain(
      '/id must be integer',
    );
    expect(contract.answer(run, { status: 422, body: { message: 'No' } })).toEqual([]);
    expect(contract.webhook('ping', { zen: 1 })).toEqual(['/zen must be string']);
    expect(contract.webhook('nothing', {})).toEqual(['no webhook nothing in the description']);
  });

  it('leaves free what is free by nature', () => {
    const dispatch = 'POST /repos/{owner}/{repo}/dispatches';
    const body = { event_type: 'x', client_payload: { any: { thing: 1 } } };
    expect(loadContract().request(dispatch, { params, query: {}, body })).toEqual([]);
  });
});

describe('the small GitHub', () => {
  it('records what is wrong, and says so', async () => {
    const { github, octokit } = await testWorld();
    const bad = octokit.request('POST /repos/acme/images/issues', { tittle: 'x' });
    expect(await refusal(bad)).toMatch(/^422 Invalid request/);
    expect(await refusal(octokit.request('GET /repos/acme/images/stargazers'))).toMatch(/^404/);
    expect(violationLines(github.violations)).toEqual([
      "request POST /repos/{owner}/{repo}/issues: it must have required property 'title'; " +
        'it must NOT have additional properties: tittle',
      'request GET /repos/acme/images/stargazers: the small GitHub has no such endpoint',
    ]);
  });
});

describe('the routes', () => {
  it('answer every operation of the subset', async () => {
    const { github } = await testWorld();
    const hooks = makeHooks({
      ...{ site: github.site, contract: loadContract(), faults: makeFaults(1) },
      ...{ violations: [], timeout: 1 },
    });
    const routes = allRoutes(hooks, makeLimiter(github.clock, 'none'));
    expect(operations.filter((operation) => routes[operation] === undefined)).toEqual([]);
  });
});

describe('making the subset', () => {
  const whole: JsonObject = {
    paths: {
      '/a': {
        post: {
          description: 'Prose',
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  properties: {
                    description: { type: 'string', description: 'A property of that name' },
                    inputs: { type: 'object', properties: { x: { type: 'string' } } },
                  },
                  oneOf: [{ properties: { more: { type: 'string' } }, required: ['more'] }],
                },
              },
            },
          },
          responses: { 200: { $ref: '#/components/responses/b' } },
        },
      },
    },
    'x-webhooks': {},
    components: {
      responses: {
        b: {
          content: {
            json: { schema: { nullable: true, anyOf: [{ $ref: '#/components/schemas/c' }] } },
          },
        },
      },
      schemas: {
        c: { type: 'string', nullable: true, enum: ['x'], format: 'email' },
        unused: { type: 'string' },
      },
    },
  };

  it('closes requests, keeps what is referred to, and mends what a validator cannot take', () => {
    const subset = makeSubset(whole, { operations: ['POST /a'], webhooks: [] });
    expect(subset).toEqual({
      paths: {
        '/a': {
          post: {
            requestBody: {
              content: {
                'application/json': {
                  schema: {
                    additionalProperties: false,
                    oneOf: [{ properties: { more: { type: 'string' } }, required: ['more'] }],
                    properties: {
                      description: { type: 'string' },
                      inputs: { type: 'object', properties: { x: { type: 'string' } } },
                      more: {},
                    },
                  },
                },
              },
            },
            responses: { 200: { $ref: '#/components/responses/b' } },
          },
        },
      },
      webhooks: {},
      components: {
        responses: {
          b: {
            content: {
              json: {
                schema: {
                  anyOf: [{ anyOf: [{ $ref: '#/components/schemas/c' }] }, { enum: [null] }],
                },
              },
            },
          },
        },
        schemas: { c: { type: 'string', nullable: true, enum: ['x', null] } },
      },
    });
  });
});
