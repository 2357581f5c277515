import type { EmulatorApi } from '../../local/account/api.ts';
import { arn } from './access-requests.ts';

interface ApiResource {
  readonly path: string;
  readonly resourceMethods?: Readonly<Record<string, { readonly methodIntegration?: { readonly uri?: string } }>>;
}

interface Statement {
  readonly Effect: string;
  readonly Principal: { readonly Service?: string };
  readonly Condition?: { readonly ArnLike?: Readonly<Record<string, string>> };
}

/**
 * The methods whose function API Gateway may not invoke; none when each has a permission. The emulator invokes all of them.
 *
 * @param stage The API's stage, as its requests name it.
 */
export async function uninvokableMethods(api: EmulatorApi, apiId: string, stage: string): Promise<string[]> {
  const { item } = await api.get(`/restapis/${apiId}/resources?embed=methods&limit=500`, 'apigateway');
  const methods = (item as ApiResource[]).flatMap(({ path, resourceMethods = {} }) =>
    Object.entries(resourceMethods).flatMap(([method, { methodIntegration }]) => {
      const target = /functions\/arn:aws:lambda:[^/]*:function:([^/]+)\/invocations$/.exec(
        methodIntegration?.uri ?? '',
      );
      return target ? [{ method, path, target: target[1]! }] : [];
    }),
  );
  if (methods.length === 0) throw new Error(`API ${apiId} has no method with a function`);
  const refused: string[] = [];
  for (const { method, path, target } of methods) {
    const request = arn('execute-api', `${apiId}/${stage}/${method === 'ANY' ? 'PATCH' : method}${path}`);
    const sources = await allowedSources(api, target);
    if (!sources.some((source) => isLike(request, source))) refused.push(`${method} ${path}: ${target}`);
  }
  return refused;
}

/** Patterns of the requests for which API Gateway may invoke a function's alias. */
async function allowedSources(api: EmulatorApi, target: string): Promise<string[]> {
  const [name, alias] = target.split(':');
  const { Policy } = await api.get(`/2015-03-31/functions/${name}/policy?Qualifier=${alias}`, 'lambda');
  const { Statement } = JSON.parse(String(Policy)) as { Statement: readonly Statement[] };
  return Statement.filter(
    ({ Effect, Principal }) => Effect === 'Allow' && Principal.Service === 'apigateway.amazonaws.com',
  ).map(({ Condition }) => Object.values(Condition?.ArnLike ?? {})[0] ?? '*');
}

function isLike(value: string, pattern: string): boolean {
  const literals = pattern.split('*').map((literal) => literal.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`).test(value);
}
