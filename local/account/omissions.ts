/** A CloudFormation template, as far as it matters here. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

export interface Omission {
  /** What is left out, for people. */
  readonly name: string;
  /** Why, and the version of MiniStack that was tried. */
  readonly reason: string;
  readonly covers: (resource: Resource) => boolean;
}

const unknown = 'MiniStack 1.5.33 does not know the resource type';
const ofType = (type: string) => (resource: Resource) => resource.Type === type;

const ruleAbout = (source: string) => (resource: Resource) =>
  resource.Type === 'AWS::Events::Rule' && JSON.stringify(resource.Properties?.EventPattern).includes(`"${source}"`);

/** All that MiniStack cannot create of what AWS gets. The deployment tests try each, and fail when one can be created. */
export const omissions: readonly Omission[] = [
  { name: 'AWS::WAFv2::IPSet', reason: unknown, covers: ofType('AWS::WAFv2::IPSet') },
  {
    name: 'AWS::WAFv2::WebACL',
    reason: 'its rules name IP sets, which MiniStack 1.5.33 cannot create',
    covers: ofType('AWS::WAFv2::WebACL'),
  },
  { name: 'AWS::WAFv2::LoggingConfiguration', reason: unknown, covers: ofType('AWS::WAFv2::LoggingConfiguration') },
  { name: 'AWS::WAFv2::WebACLAssociation', reason: unknown, covers: ofType('AWS::WAFv2::WebACLAssociation') },
  { name: 'AWS::Logs::QueryDefinition', reason: unknown, covers: ofType('AWS::Logs::QueryDefinition') },
  {
    name: 'AWS::Events::Rule about the firewall',
    reason: 'its pattern names the web ACL, which MiniStack 1.5.33 cannot create',
    covers: ruleAbout('aws.wafv2'),
  },
  {
    name: 'AWS::Events::Rule about secrets',
    reason: 'its pattern takes the names out of the ARNs, and Ref of a secret is no ARN in MiniStack 1.5.33',
    covers: ruleAbout('aws.secretsmanager'),
  },
  {
    name: 'AWS::CloudWatch::Alarm on a metric expression',
    reason: 'MiniStack 1.5.33 has no metric math',
    covers: ({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics !== undefined,
  },
  { name: 'AWS::CloudWatch::CompositeAlarm', reason: unknown, covers: ofType('AWS::CloudWatch::CompositeAlarm') },
];

/** The template without what the emulator cannot create, without outputs that refer to it, and the logical ids of both kinds. */
export function leaveOut<T extends Template>(template: T): { readonly template: T; readonly left: readonly string[] } {
  const left = Object.entries(template.Resources)
    .filter(([, resource]) => omissions.some(({ covers }) => covers(resource)))
    .map(([id]) => id);
  const kept = Object.entries(template.Resources).filter(([id]) => !left.includes(id));
  const Resources = Object.fromEntries(kept.map(([id, resource]) => [id, independentOf(left, resource)]));
  for (const [id, resource] of Object.entries(Resources)) {
    const missed = references(resource).find((reference) => left.includes(reference));
    if (missed)
      throw new Error(`${id} (${resource.Type}) refers to ${missed}, which is left out; add it to omissions.ts`);
  }
  const outputs = Object.entries(template.Outputs ?? {});
  const Outputs = Object.fromEntries(
    outputs.filter(([, output]) => !references(output).some((id) => left.includes(id))),
  );
  const lost = outputs.map(([id]) => id).filter((id) => !(id in Outputs));
  return { template: { ...template, Resources, ...(template.Outputs && { Outputs }) }, left: [...left, ...lost] };
}

function independentOf(left: readonly string[], { DependsOn, ...resource }: Resource): Resource {
  const remaining = [DependsOn ?? []].flat().filter((id) => !left.includes(id));
  return remaining.length > 0 ? { ...resource, DependsOn: remaining } : resource;
}

/** The logical ids that a value refers to by Ref, Fn::GetAtt or Fn::Sub. */
export function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt') return [String([inner].flat()[0]).split('.')[0]!, ...references(inner)];
    if (key === 'Fn::Sub') return [...substituted(inner), ...references(inner)];
    return references(inner);
  });
}

function substituted(sub: unknown): string[] {
  const text = String([sub].flat()[0]);
  return [...text.matchAll(/\$\{([^!.}]+)[^}]*\}/g)].map((match) => match[1]!);
}
