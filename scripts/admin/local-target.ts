import { AdminError } from './admin-error.ts';
import type { Target } from './target.ts';

/** What `npm start` shows on its page `/`. */
interface LocalIndex {
  readonly aws: string;
  readonly dynamodb: string;
  readonly resources: Pick<Target, 'identityTable' | 'rateLimitTable' | 'authSecret' | 'auditLogGroup'>;
}

/** The stack of `npm start`. */
export async function localTarget(url: string): Promise<Target> {
  const { aws, dynamodb, resources } = await indexOf(url);
  const at = (endpoint: string) => ({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return { name: url, baseUrl: url, ...resources, operator: 'local', dynamodb: at(dynamodb), aws: at(aws) };
}

async function indexOf(url: string): Promise<LocalIndex> {
  const index = await fetch(`${url}/`)
    .then((response) => response.json() as Promise<Partial<LocalIndex>>)
    .catch((cause: unknown) => {
      throw new AdminError('STACK_UNKNOWN', `nothing like npm start answers at ${url}`, { cause });
    });
  if (index.aws && index.dynamodb && index.resources) return index as LocalIndex;
  throw new AdminError('STACK_UNKNOWN', `what answers at ${url} is not npm start`);
}
