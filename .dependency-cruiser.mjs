/** The layers of docs/design.md as rules. Type imports count unless a rule says otherwise. */
const core = '^src/core';
const octokit = 'node_modules/(@octokit|probot)';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no order in which a newcomer could read it.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'model-sees-nothing',
      comment: 'Nouns stand on their own; only a version library and hashing serve them.',
      severity: 'error',
      from: { path: '^src/core/model/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|sandbox)/', pathNot: '^src/core/model/' },
    },
    ...['formats', 'decide', 'render'].map((ring) => ({
      name: `${ring}-sees-only-model`,
      comment: 'formats, decide and render know nouns, never one another: journeys join them.',
      severity: 'error',
      from: { path: `^src/core/${ring}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|sandbox)/', pathNot: `^src/core/(model|${ring})/` },
    })),
    {
      name: 'core-is-pure',
      comment:
        'No module that reaches the world: createHash is a computation, the rest is not. A library ' +
        'that is rarely needed may be loaded late: loading code is no I/O of the domain.',
      severity: 'error',
      from: { path: core, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|module)$' },
    },
    {
      name: 'journeys-see-core',
      comment: 'A journey gathers, lets core decide, and acts through edges it is given.',
      severity: 'error',
      from: { path: '^src/journeys/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|sandbox)/', pathNot: '^src/(core|edge|journeys)/' },
    },
    {
      name: 'journeys-take-edges-as-types',
      comment: 'An edge is handed in by world.ts; only its type may be named here.',
      severity: 'error',
      from: { path: '^src/journeys/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/edge/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'journeys-are-strangers',
      comment: 'A journey that needs another enqueues a job.',
      severity: 'error',
      from: { path: '^src/journeys/([^/]+)\\.ts$', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/journeys/[^/]+\\.ts$', pathNot: '^src/journeys/$1\\.ts$' },
    },
    {
      name: 'edges-see-model-and-formats',
      comment: 'An edge speaks model types outward and never judges.',
      severity: 'error',
      from: { path: '^src/edge/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|sandbox)/', pathNot: '^src/(core/(model|formats)|edge)/' },
    },
    {
      name: 'edges-are-strangers',
      comment: 'What one edge needs of another is handed in by world.ts.',
      severity: 'error',
      from: { path: '^src/edge/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/edge/', pathNot: '^src/edge/$1/' },
    },
    {
      name: 'app-wires-and-does-not-decide',
      comment: 'Decisions are reached through a journey, so that every entry point gets the same.',
      severity: 'error',
      from: { path: '^src/app/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/core/decide/' },
    },
    {
      name: 'octokit-at-its-edge',
      comment: 'GitHub is spoken in edge/github and app only.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(edge/github|app)/' },
      to: { path: octokit },
    },
    {
      name: 'child-processes-in-git-and-store',
      comment: 'Programs are started in two places, where every argument is checked.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/edge/(git|store)/' },
      to: { path: '^(node:)?child_process$|node_modules/simple-git' },
    },
    {
      name: 'database-in-store',
      comment: 'One place knows SQL.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/edge/store/' },
      to: { path: 'node_modules/(pg|pg-boss)/' },
    },
    {
      name: 'product-does-not-see-its-tests',
      comment: 'Product code never needs a test, a benchmark or the sandbox; the demo alone does.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$|^src/app/commands/demo' },
      to: { path: '^(test|bench|sandbox)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
};
