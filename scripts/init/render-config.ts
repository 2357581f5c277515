import type { StageConfig } from '../../lib/config.ts';
import type { InitialStage } from './stage-settings.ts';

/** gatehouse.config.ts as the formatter leaves it, and as `npm run keys` can edit it. */
export const renderConfig = ({ dev, prod }: Record<InitialStage, StageConfig>): string =>
  `import { defineConfig } from './lib/index.ts';

/**
 * What to deploy, by stage. Every setting is described in lib/stage-config.ts, and a wrong one is an error at synth that names it.
 * What Better Auth does is set in lambda/auth/options.ts.
 */
export default defineConfig({
  stages: {
    dev: {
${fields(dev)}
    },
    prod: {
${fields(prod)}
    },
  },
});
`;

const indent = ' '.repeat(6);

const fields = (settings: StageConfig): string =>
  Object.entries(settings)
    .map(([name, value]) => `${indent}${name}: ${name === 'signingKeys' ? lines(value as unknown[]) : literal(value)},`)
    .join('\n');

const lines = (values: unknown[]): string =>
  ['[', ...values.map((value) => `${indent}  ${literal(value)},`), `${indent}]`].join('\n');

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${literal(inner)}`)
      .join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
