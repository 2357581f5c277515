import { randomUUID } from 'node:crypto';
import { type EmulatorApi, elements } from '../../local/account/api.ts';
import { type Omission, references, type Template } from '../../local/account/omissions.ts';
import { eventually } from '../local/processes.ts';

/**
 * Tries to create what an omission covers: each such resource of the template, with all that it refers to, in a stack of its own.
 *
 * @returns the logical ids of those that the emulator created.
 */
export async function learned(api: EmulatorApi, omission: Omission, template: Template): Promise<string[]> {
  const covered = Object.entries(template.Resources).filter(([, resource]) => omission.covers(resource));
  if (covered.length === 0) throw new Error(`${omission.name}: the template has no such resource; remove the omission`);
  const created: string[] = [];
  for (const [id] of covered) if (await canCreate(api, alone(id, template))) created.push(id);
  return created;
}

function alone(id: string, { Resources }: Template): Template {
  const needed = new Set<string>();
  const visit = (logicalId: string) => {
    const resource = Resources[logicalId];
    if (!resource || needed.has(logicalId)) return;
    needed.add(logicalId);
    references(resource).forEach(visit);
  };
  visit(id);
  const kept = [...needed].map((logicalId) => {
    const { DependsOn: _, ...resource } = Resources[logicalId]!;
    return [logicalId, resource];
  });
  return { Resources: Object.fromEntries(kept) };
}

/** Whether the emulator creates all of a template; throws where it does not come to an end. */
export async function canCreate(api: EmulatorApi, template: Template): Promise<boolean> {
  const StackName = `probe-${randomUUID()}`;
  try {
    await api.query('cloudformation', 'CreateStack', { StackName, TemplateBody: JSON.stringify(template) });
  } catch {
    return false;
  }
  let status: string | undefined;
  await eventually(async () => {
    [status] = elements(await api.query('cloudformation', 'DescribeStacks', { StackName }), 'StackStatus');
    return !status?.endsWith('_IN_PROGRESS');
  }, 60_000);
  return status === 'CREATE_COMPLETE';
}
