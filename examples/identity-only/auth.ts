import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { betterAuth } from 'better-auth';
import { dynamodbAdapter } from 'cdk-gatehouse/identity';

/** Better Auth as you like it; only `database` is Gatehouse's. */
export const createAuth = (secret: string) =>
  betterAuth({
    secret,
    baseURL: process.env.BASE_URL!,
    database: dynamodbAdapter({ client: new DynamoDBClient({}), tableName: process.env.TABLE! }),
    emailAndPassword: { enabled: true },
    // Expired rows are absent at once, and DynamoDB deletes them: a sweep in the request finds nothing to do.
    verification: { disableCleanup: true },
    // Reads a session with its user in one request.
    advanced: { database: { joins: true } },
  });
