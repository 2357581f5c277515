import type { Walk } from './walk.ts';

/** `start` runs `npm start` in a process group of its own, which ends with the walk or with `stop`; `$LOCAL` is where it answers. */
const inBackground = `
started=
start() {
  : >start.log
  set -m
  PORT=0 npm start >start.log 2>&1 &
  started=$!
  set +m
  for _ in $(seq 600); do
    LOCAL=$(sed -nE 's/^Gatehouse is ready on (http[^ ]+)$/\\1/p' start.log)
    if [ -n "$LOCAL" ]; then return; fi
    kill -0 $started || break
    sleep 0.2
  done
  cat start.log
  return 1
}
stop() {
  if [ -n "$started" ]; then kill -INT -- -$started; wait $started || true; fi
  started=
}
trap stop EXIT
`;

const terminal = '`npm start` runs in the background, on a free port';

/** README.md and docs/first-day.md, from a clone. */
export const fork: Walk = {
  name: 'fork it',
  from: 'repository',
  account: false,
  pages: [
    {
      file: 'README.md',
      sections: ['Run it, test it', 'Try it'],
      leftOut: { 'Deploy it': 'the deploy walk follows docs/deploy.md, which has these commands and the policies' },
    },
    // It has no headings.
    { file: 'docs/first-day.md', sections: [''], leftOut: {} },
  ],
  substitutions: [
    { from: 'npm ci && npm start', to: 'npm ci && start', reason: terminal },
    { from: 'npm ci && npm test', to: ':', reason: '.ci/run ends with it' },
    { from: 'npm ci\n', to: 'stop\n', reason: 'it is done; the first `npm start` ends here' },
    { from: 'npm run keys -- list\n', to: 'npm run keys -- list\nstart\n', reason: terminal },
    { from: 'http://localhost:3000', to: '$LOCAL', reason: 'that port' },
    {
      from: 'npx cdk bootstrap\nnpx cdk deploy Gatehouse-dev\nnpm run admin -- create you@acme.example --name You --stage dev',
      to: ':',
      reason: 'the deploy walk deploys',
    },
  ],
  before: inBackground,
  after: 'grep -q auth.acme.example cdk.out/Gatehouse-prod.template.json',
};
