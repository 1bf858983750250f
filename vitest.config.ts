import { defineConfig } from 'vitest/config';

/**
 * Four layers (docs/testing.md): `pure` needs nothing, `postgres` a database, `engine` a Temporal server as well,
 * `lab` QEMU and a browser. Each is a project of its own, so that `vitest --project pure` answers in seconds.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: ['**/node_modules/**', '**/*.{postgres,engine,lab}.test.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'postgres', include: ['**/*.postgres.test.ts'], globalSetup: ['test/global-postgres.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['**/*.engine.test.ts'],
          fileParallelism: false,
          globalSetup: ['test/global-postgres.ts', 'test/global-engine.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'lab', include: ['**/*.lab.test.ts'], fileParallelism: false, testTimeout: 900_000 },
      },
    ],
  },
});
