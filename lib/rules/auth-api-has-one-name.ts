import { apiMappingsOf, authApisOf } from './auth-apis.ts';
import type { Rule } from './rule.ts';

export const authApiHasOneName: Rule = {
  id: 'AuthApiHasOneName',
  description:
    'An API with a name of its own does not answer on the execute-api host too, past what stands before the name.',
  fix: 'Set DisableExecuteApiEndpoint to true.',
  check: (template) => {
    const named = new Set(apiMappingsOf(template).flatMap(({ apiIds }) => apiIds));
    return authApisOf(template)
      .filter(({ id, properties }) => named.has(id) && properties.DisableExecuteApiEndpoint !== true)
      .map(({ id }) => ({ id, location: 'Properties.DisableExecuteApiEndpoint' }));
  },
};
