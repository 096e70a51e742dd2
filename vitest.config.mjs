import { defineConfig } from 'vitest/config';

const everyday = [
  'src/**/*.test.ts',
  'sandbox/**/*.test.ts',
  'test/**/*.test.ts',
  'tools/**/*.test.ts',
  'scripts/**/*.test.ts',
];

export default defineConfig({
  test: {
    // Many tests wait for processes of their own: a core that is kept free for the runner is idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'everyday',
          include: everyday,
          exclude: ['**/*.slow.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['**/*.slow.test.ts'],
          exclude: ['node_modules/**'],
          testTimeout: 600_000,
        },
      },
    ],
  },
});
