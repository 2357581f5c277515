import type { BetterAuthPlugin } from 'better-auth';
import { authOptions } from '../../../support/identity.ts';

/** Models with everything that a schema can ask for: unique fields and indexes, references, and rows that belong to a user. */
const things = {
  id: 'things',
  schema: {
    thing: {
      fields: {
        name: { type: 'string', required: false },
        slug: { type: 'string', required: false, unique: true },
        kind: { type: 'string', required: false, index: true },
        group: { type: 'string' },
        rank: { type: 'number' },
        count: { type: 'number', required: false },
        score: { type: 'number', required: false },
        flag: { type: 'boolean', required: false },
        at: { type: 'date', required: false },
      },
      indexes: [{ fields: ['group', 'rank'], unique: true }],
    },
    item: {
      fields: {
        userId: { type: 'string', references: { model: 'user', field: 'id' } },
        code: { type: 'string', required: false, unique: true },
        note: { type: 'string', required: false },
      },
    },
  },
} as const satisfies BetterAuthPlugin;

export const auth = { ...authOptions, plugins: [things] };

export type Model = 'user' | 'session' | 'item' | 'thing';
export type Type = 'string' | 'number' | 'boolean' | 'date';

/** The fields that the test looks at, and what must be unique among them; `id` is so in every model. */
export const models: Record<Model, { fields: Record<string, Type>; uniques: string[][]; child: boolean }> = {
  user: { fields: { name: 'string', email: 'string', image: 'string' }, uniques: [['email']], child: false },
  session: {
    fields: { userId: 'string', token: 'string', expiresAt: 'date', ipAddress: 'string' },
    uniques: [['token']],
    child: true,
  },
  item: { fields: { userId: 'string', code: 'string', note: 'string' }, uniques: [['code']], child: true },
  thing: {
    fields: {
      name: 'string',
      slug: 'string',
      kind: 'string',
      group: 'string',
      rank: 'number',
      count: 'number',
      score: 'number',
      flag: 'boolean',
      at: 'date',
    },
    uniques: [['slug'], ['group', 'rank']],
    child: false,
  },
};
