import { Stack } from 'aws-cdk-lib';
import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { investigationQueries } from './investigation-queries.ts';

/** Saves the queries in the console of CloudWatch Logs Insights, in a folder named after the stack. */
export function saveQueries(scope: Construct, logGroup: ILogGroup): void {
  const { stackName } = Stack.of(scope);
  for (const [id, { title, query }] of Object.entries(investigationQueries)) {
    new CfnQueryDefinition(scope, `Query${id}`, {
      name: `${stackName}/${title}`,
      queryString: query,
      logGroupNames: [logGroup.logGroupName],
    });
  }
}
