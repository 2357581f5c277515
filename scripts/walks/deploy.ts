import type { Walk } from './walk.ts';

/** The emulated API Gateway knows an API by its Host header, and speaks no TLS. A failure ends the walk. */
const curl = `
curl() {
  local given=("$@") host index
  for index in "\${!given[@]}"; do
    case "\${given[index]}" in
      https://*.execute-api.*.amazonaws.com/*)
        host="\${given[index]#https://}"
        given[index]="$AWS_ENDPOINT_URL/\${host#*/}"
        given+=(-H "Host: \${host%%.*}.execute-api.localhost:\${AWS_ENDPOINT_URL##*:}") ;;
    esac
  done
  command curl -fsS "\${given[@]}"
}
`;

const needsAws = 'it needs what only a real account has: a domain, its DNS, certificates';

/** docs/deploy.md, from a clone, in an empty account that is emulated. */
export const deploy: Walk = {
  name: 'deploy it',
  from: 'repository',
  account: true,
  pages: [
    {
      file: 'docs/deploy.md',
      sections: ['Tools', 'Policies and bootstrap', 'First deployment', 'Mail'],
      leftOut: {
        'First administrator': 'it begins with a person who signs up; test/docs/deploy.test.ts runs it after that',
        'Own domain': needsAws,
        'The key set on CloudFront': `${needsAws}; npm run test:deploy deploys it`,
        Production: needsAws,
        Upgrade: 'npm run test:deploy deploys changes; the emulator has no change sets to look at',
        'Back up and restore': 'the emulator restores no tables; test/docs/deploy.test.ts runs what follows a restore',
        'Tear down': 'npm run test:deploy destroys a stack',
        'GitHub Actions': 'test/docs/workflows.test.ts looks at the workflows',
      },
    },
  ],
  substitutions: [
    {
      from: 'export AWS_REGION=eu-west-1',
      to: 'export AWS_REGION=us-east-1',
      reason: 'the Region of the emulated account',
    },
    {
      from: 'npx cdk deploy Gatehouse-dev',
      to: 'node --import tsx scripts/walks/deploy-emulated.ts Gatehouse-dev',
      reason: 'the emulator cannot create all resources: local/account/omissions.ts names those that are left out',
    },
    { from: '--role-name YOUR-ROLE', to: '--role-name deployer', reason: 'the role of those who deploy' },
    {
      from: 'curl "$BASE',
      to: 'emulated_curl "$BASE',
      reason: 'the emulated API Gateway has neither DNS nor TLS; the Host header says which API is meant',
    },
  ],
  before: `${curl.replace('curl()', 'emulated_curl()')}
npm ci
aws iam create-role --role-name deployer --assume-role-policy-document '{"Version":"2012-10-17","Statement":[]}' >deployer.json
`,
  after: `
test "$(emulated_curl "$BASE/.well-known/jwks.json" | grep -c '"kid"')" = 1
aws dynamodb list-tables --query TableNames --output text | grep -q Gatehouse-dev
`,
};
