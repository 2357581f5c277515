import { type EmulatorApi, elements } from '../../local/account/api.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/** What CloudFormation says the stack consists of. */
export async function stackResources(api: EmulatorApi, stack: string): Promise<StackResource[]> {
  const xml = await api.query('cloudformation', 'DescribeStackResources', { StackName: stack });
  const resources = elements(xml, 'StackResources').join('');
  return elements(resources, 'member').map((member) => ({
    logicalId: elements(member, 'LogicalResourceId')[0]!,
    physicalId: elements(member, 'PhysicalResourceId')[0] ?? '',
    type: elements(member, 'ResourceType')[0]!,
  }));
}

/** The one resource of this type whose logical id starts so. */
export function physicalId(resources: readonly StackResource[], type: string, logicalId: string): string {
  const found = resources.filter((resource) => resource.type === type && resource.logicalId.startsWith(logicalId));
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} are named ${logicalId}…`);
  return found[0]!.physicalId;
}
