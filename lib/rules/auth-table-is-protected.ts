import type { Rule } from './rule.ts';
import { signerStatements } from './statements.ts';
import { type Found, isRetained, list, type Properties, referencesIn, resourcesOf, type Template } from './template.ts';

/** The global tables that the auth function may use: packs of cdk-nag look at the other type of table only. */
function authTables(template: Template): Found[] {
  const used = new Set(
    signerStatements(template).flatMap(({ statements }) =>
      statements.flatMap(({ resources }) => referencesIn(resources)),
    ),
  );
  return resourcesOf(template, 'AWS::DynamoDB::GlobalTable').filter(({ id }) => used.has(id));
}

/** What a table lacks, as the places where it would stand. */
function lacks({ resource, properties }: Found): string[] {
  const replicas = list<Properties>(properties.Replicas);
  const everyReplica = (has: (replica: Properties) => unknown) => replicas.length > 0 && replicas.every(has);
  const protections = {
    DeletionPolicy: isRetained(resource),
    'Properties.SSESpecification': properties.SSESpecification?.SSEEnabled === true,
    'Properties.Replicas.SSESpecification': everyReplica(({ SSESpecification }) => SSESpecification?.KMSMasterKeyId),
    'Properties.Replicas.PointInTimeRecoverySpecification': everyReplica(
      ({ PointInTimeRecoverySpecification }) => PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
    ),
    'Properties.WriteOnDemandThroughputSettings':
      properties.BillingMode !== 'PAY_PER_REQUEST' ||
      properties.WriteOnDemandThroughputSettings?.MaxWriteRequestUnits !== undefined,
    'Properties.TimeToLiveSpecification': expiresByNumber(properties),
  };
  return Object.entries(protections).flatMap(([location, held]) => (held ? [] : [location]));
}

/** DynamoDB deletes rows by a number in epoch seconds, and ignores an attribute of any other type in silence. */
const expiresByNumber = ({ TimeToLiveSpecification, AttributeDefinitions }: Properties): boolean =>
  TimeToLiveSpecification?.Enabled === true &&
  list<Properties>(AttributeDefinitions).every(
    ({ AttributeName, AttributeType }) =>
      AttributeName !== TimeToLiveSpecification.AttributeName || AttributeType === 'N',
  );

export const authTableIsProtected: Rule = {
  id: 'AuthTableIsProtected',
  description:
    'A table of the auth function is encrypted with a key of yours, recoverable to any second, bounded in cost, expires rows, and outlives the stack.',
  fix: 'Use IdentityTable and RateLimitTable, or set what is missing on your table.',
  check: (template) =>
    authTables(template).flatMap((table) => lacks(table).map((location) => ({ id: table.id, location }))),
};
