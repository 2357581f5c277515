import base from '../../../jest.config.js';

/** Tabs of a real Chromium, which is not a package of npm. `npm run test:browser` runs them, `npm test` does not. */
/** @type {import('jest').Config} */
export default {
  ...base,
  rootDir: '../../..',
  testMatch: ['<rootDir>/test/client/browser/*.browser.ts'],
  testTimeout: 120_000,
};
