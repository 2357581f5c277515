// Better Auth switches its origin checks off under NODE_ENV=test; the workers inherit what is set here, before any import.
process.env.NODE_ENV = 'production';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // The soft deletion of globals after a test file recurses without end on an object that aws-cdk-lib keeps there.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdk.out'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } }],
  },
  moduleNameMapper: {
    '^cdk-gatehouse$': '<rootDir>/lib/index.ts',
    '^cdk-gatehouse/verify$': '<rootDir>/verify/index.ts',
    '^gatehouse-auth-options$': '<rootDir>/lambda/auth/options.ts',
    '^vitest$': '<rootDir>/test/support/vitest-shim.ts',
  },
  setupFiles: ['<rootDir>/test/support/quiet-logs.ts'],
  // In workers, also on two cores, where jest would run all in its own process: its memory grows with each file, a worker's ends.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  // Only a test that hangs takes this long; on a busy machine a slow one must not fail.
  testTimeout: 120_000,
};
