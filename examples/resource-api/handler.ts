import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createVerifier, refusal } from 'cdk-gatehouse/verify';

// A token outlives its session by up to 15 minutes. One of the last minute says that the session was there then.
const fresh = createVerifier({ issuer: process.env.ISSUER!, audience: process.env.AUDIENCE!, maxTokenAge: 60 });

export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  if (event.httpMethod === 'DELETE') return deleteOrders(event);
  // API Gateway's own authorizer passes the claims on as one object, Gatehouse's function each by itself.
  const { authorizer } = event.requestContext;
  const { sub, email } = authorizer?.claims ?? authorizer;
  return { statusCode: 200, body: JSON.stringify({ user: sub, email, orders: [] }) };
}

/** What cannot be undone wants a fresh token. The authorizer has verified this one, but would take an older one too. */
async function deleteOrders({ multiValueHeaders }: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const names = Object.keys(multiValueHeaders).filter((name) => name.toLowerCase() === 'authorization');
  try {
    const { sub } = await fresh.verifyAuthorization(names.flatMap((name) => multiValueHeaders[name]!).join(', '));
    return { statusCode: 200, body: JSON.stringify({ user: sub, orders: 'deleted' }) };
  } catch (error) {
    const refused = refusal(error);
    return { statusCode: refused.status, headers: Object.fromEntries(refused.headers), body: await refused.text() };
  }
}
