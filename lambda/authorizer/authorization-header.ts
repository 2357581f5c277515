import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

/**
 * The value of the header with this name, in whatever case the client wrote it. Several values are joined by commas, which no
 * bearer token has: what stands behind the API could read another one of them than was verified here.
 */
export function authorizationHeader(
  { multiValueHeaders }: Pick<APIGatewayRequestAuthorizerEvent, 'multiValueHeaders'>,
  headerName: string,
): string | undefined {
  const name = headerName.toLowerCase();
  const values = Object.entries(multiValueHeaders ?? {})
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, list]) => list ?? []);
  return values.length > 0 ? values.join(', ') : undefined;
}
