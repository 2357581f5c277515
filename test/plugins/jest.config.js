import root from '../../jest.config.js';

/** What needs packages of this folder, which `npm run test:plugins` installs first. `npm test` takes `*.test.ts` only. */
/** @type {import('jest').Config} */
export default { ...root, rootDir: '../..', testMatch: ['<rootDir>/test/plugins/**/*.spec.ts'] };
