import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createAuth } from './auth.ts';

let auth: Promise<ReturnType<typeof createAuth>> | undefined;

export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  // Once for each instance of the function; after a failure the next request tries again.
  auth ??= readSecret().then(createAuth);
  auth.catch(() => {
    auth = undefined;
  });
  return toResult(await (await auth).handler(toRequest(event)));
}

async function readSecret(): Promise<string> {
  const { SecretString } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: process.env.SECRET! }),
  );
  return SecretString!;
}

function toRequest({
  httpMethod,
  path,
  multiValueHeaders,
  multiValueQueryStringParameters,
  ...event
}: APIGatewayProxyEvent) {
  const url = new URL(process.env.BASE_URL!);
  // Not `new URL(path, …)`: a path such as //evil.example/ would name another host.
  url.pathname = path;
  for (const [name, values = []] of Object.entries(multiValueQueryStringParameters ?? {})) {
    for (const value of values) url.searchParams.append(name, value);
  }
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(multiValueHeaders)) {
    for (const value of values) headers.append(name, value);
  }
  // What API Gateway saw, whatever the client says: Better Auth limits by it.
  headers.set('x-forwarded-for', event.requestContext.identity.sourceIp);
  const body = event.body && Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  return new Request(url, { method: httpMethod, headers, body: body || null });
}

async function toResult(response: Response): Promise<APIGatewayProxyResult> {
  const headers = Object.fromEntries([...response.headers].map(([name, value]) => [name, [value]]));
  const cookies = response.headers.getSetCookie();
  return {
    statusCode: response.status,
    multiValueHeaders: { ...headers, ...(cookies.length > 0 && { 'set-cookie': cookies }) },
    body: await response.text(),
  };
}
