import { type EmulatorApi, elements } from '../../local/account/api.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/** What CloudFormation says the stack consists of, a page at a time: DescribeStackResources would stop at 100. */
export async function stackResources(api: EmulatorApi, stack: string): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  let token: string | undefined;
  do {
    const input = { StackName: stack, ...(token && { NextToken: token }) };
    const xml = await api.query('cloudformation', 'ListStackResources', input);
    for (const member of elements(elements(xml, 'StackResourceSummaries').join(''), 'member')) {
      resources.push({
        logicalId: elements(member, 'LogicalResourceId')[0]!,
        physicalId: elements(member, 'PhysicalResourceId')[0] ?? '',
        type: elements(member, 'ResourceType')[0]!,
      });
    }
    [token] = elements(xml, 'NextToken');
  } while (token);
  return resources;
}

/** The one resource of this type whose logical id starts so. */
export function physicalId(resources: readonly StackResource[], type: string, logicalId: string): string {
  const found = resources.filter((resource) => resource.type === type && resource.logicalId.startsWith(logicalId));
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} are named ${logicalId}…`);
  return found[0]!.physicalId;
}
