import { summaryOf } from './comment-text.ts';
import { kinds, type Reflection } from './reflection.ts';

/** Exports, and what is given to them or called on them, that no doc comment explains: `lib/mail.ts: MailProps.from`. */
export function undocumented(project: Reflection): string[] {
  return project.children!.flatMap((module) => {
    const exported = module.children!.filter(({ kind }) => kind !== kinds.module && kind !== kinds.reference);
    const names = [...new Set(exported.map(({ name }) => name))];
    return names.flatMap((name) => {
      const both = exported.filter((reflection) => reflection.name === name);
      // The props of a construct are what it takes; there is no more to say.
      const props = names.some((other) => name === `${other}Props`);
      const bare = props || both.some(explained) ? [] : [`${fileOf(both[0]!)}: ${name}`];
      return [...bare, ...both.flatMap((reflection) => bareMembers(reflection))];
    });
  });
}

function bareMembers(reflection: Reflection): string[] {
  const given = /(Props|Options|Input)$/.test(reflection.name);
  const members = (reflection.children ?? []).filter(
    ({ kind, inheritedFrom }) =>
      !inheritedFrom &&
      ((reflection.kind === kinds.class && kind === kinds.method) || (given && kind === kinds.property)),
  );
  const functions =
    reflection.kind === kinds.variable && reflection.type?.type === 'reflection'
      ? (reflection.type.declaration.children ?? [])
      : [];
  return [...members, ...functions]
    .filter((member) => !explained(member))
    .map(({ name }) => `${fileOf(reflection)}: ${reflection.name}.${name}`);
}

function explained(reflection: Reflection): boolean {
  const nested = reflection.type?.type === 'reflection' ? (reflection.type.declaration.signatures ?? []) : [];
  const all = [reflection, ...(reflection.signatures ?? []), ...nested];
  return all.some((one) => summaryOf(one) !== '' || one.comment?.blockTags?.some(({ tag }) => tag === '@default'));
}

const fileOf = ({ sources }: Reflection): string => sources?.[0]?.fileName ?? '';
