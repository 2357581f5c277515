import root from '../../jest.config.js';

/** What needs AWS's runtime client, which `npm run test:runtime` builds first. `npm test` takes `*.test.ts` only. */
/** @type {import('jest').Config} */
export default {
  ...root,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/runtime/**/*.spec.ts'],
  testTimeout: 600_000,
};
