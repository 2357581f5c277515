import type { Walk, WalkTools } from './walk.ts';

/** docs/embedding.md, from an empty folder. */
export const embed = ({ tarball }: WalkTools): Walk => ({
  name: 'embed it',
  from: 'nothing',
  account: false,
  pages: [
    {
      file: 'docs/embedding.md',
      sections: ['An app', 'Better Auth options of your own', 'Test it'],
      leftOut: { Update: 'there is one version of the package here, the packed one' },
    },
  ],
  substitutions: [
    {
      from: 'npm install cdk-gatehouse ',
      to: `npm install --prefer-offline '${tarball}' `,
      reason: 'the packed tarball, in place of the published package',
    },
    {
      from: 'npx cdk deploy\n',
      to: 'npx cdk list\n',
      reason: 'this walk has no account; the deploy walk has an emulated one',
    },
  ],
  after: `
grep -q SIGN_VERIFY cdk.out/Auth.template.json
grep -rqs maxPerUser:3 cdk.out/asset.*/index.mjs
`,
});
