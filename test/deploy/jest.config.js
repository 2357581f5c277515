import base from '../../jest.config.js';

/** Deployments into an emulated AWS account: slow, and in need of Python. `npm run test:deploy` runs them, `npm test` does not. */
/** @type {import('jest').Config} */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/deploy/*.deploy.ts'],
  // An account and its functions keep a machine busy.
  maxWorkers: 1,
  testTimeout: 900_000,
};
