import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

export interface ApiRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly stage?: string;
}

export interface ApiAnswer {
  readonly status: 200 | 401 | 403 | 500;
  /** What the integration gets as `requestContext.authorizer`. */
  readonly authorizer?: Record<string, unknown>;
}

type Handler = (event: APIGatewayRequestAuthorizerEvent) => Promise<APIGatewayAuthorizerResult>;

const api = 'arn:aws:execute-api:eu-west-1:111122223333:abcdef1234';
let count = 0;

/** The event of a REQUEST authorizer of a REST API, as the API Gateway developer guide shows it. */
export function authorizerEvent({
  method = 'GET',
  path = '/orders/1',
  headers = {},
  stage = 'live',
}: ApiRequest = {}): APIGatewayRequestAuthorizerEvent {
  const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
  return {
    type: 'REQUEST',
    methodArn: `${api}/${stage}/${method}${path}`,
    resource: '/orders/{id}',
    path,
    httpMethod: method,
    headers: Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.at(-1)!])),
    multiValueHeaders,
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    requestContext: {
      requestId: `authorizer-request-${++count}`,
      stage,
      path: `/${stage}${path}`,
      httpMethod: method,
      identity: { sourceIp: '203.0.113.7' },
    } as APIGatewayRequestAuthorizerEvent['requestContext'],
  };
}

/**
 * What API Gateway does with a REQUEST authorizer whose identity source is one header, and with what it answers: no header is 401
 * without a call; answers are kept by the header's value and judge later requests to the stage; an error is 401 if it says
 * `Unauthorized`, else 500, and is not kept. Source: API Gateway developer guide, "Use API Gateway Lambda authorizers".
 */
export function apiGateway(handler: Handler, { identityHeader = 'Authorization' } = {}) {
  const kept = new Map<string, APIGatewayAuthorizerResult>();
  let calls = 0;
  return {
    calls: () => calls,
    async send(request: ApiRequest): Promise<ApiAnswer> {
      const event = authorizerEvent(request);
      const identity = Object.entries(event.headers!).find(
        ([name]) => name.toLowerCase() === identityHeader.toLowerCase(),
      );
      if (!identity?.[1]) return { status: 401 };
      const key = `${event.requestContext.stage} ${identity[1]}`;
      try {
        if (!kept.has(key)) {
          calls += 1;
          kept.set(key, readable(await handler(event)));
        }
      } catch (error) {
        return { status: (error as Error).message === 'Unauthorized' ? 401 : 500 };
      }
      return judge(kept.get(key)!, event.methodArn);
    },
  };
}

/** Refuses what API Gateway refuses: an answer of more than 8 KB, and context other than text, numbers and truth values. */
function readable(result: APIGatewayAuthorizerResult): APIGatewayAuthorizerResult {
  const size = Buffer.byteLength(JSON.stringify(result));
  if (size > 8192) throw new Error(`the answer has ${size} bytes`);
  for (const value of Object.values(result.context ?? {})) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) throw new Error(`context of type ${typeof value}`);
  }
  return result;
}

function judge({ principalId, policyDocument, context }: APIGatewayAuthorizerResult, methodArn: string): ApiAnswer {
  const statements = policyDocument.Statement as { Action: string; Effect: string; Resource: string }[];
  const effects = statements
    .filter(({ Action, Resource }) => {
      const expression = Resource.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
      return Action === 'execute-api:Invoke' && new RegExp(`^${expression}$`).test(methodArn);
    })
    .map(({ Effect }) => Effect);
  if (!effects.includes('Allow') || effects.includes('Deny')) return { status: 403 };
  return { status: 200, authorizer: { principalId, ...context } };
}
