import { describe, expect, test } from '@jest/globals';
import { noPepper } from '../../../../lambda/policy/passwords/pepper.ts';
import { pepperRing } from '../../../../lambda/policy/passwords/pepper-ring.ts';

const key = (id: string) => `pepper-${id}-0123456789-0123456789-0123456789`;
const secret = (...ids: string[]) => JSON.stringify(Object.fromEntries(ids.map((id) => [id, key(id)])));

/** A secret that can be replaced and broken, with its readers counted. */
function changing(text: string) {
  const state = { text, broken: false, reads: 0, now: 0 };
  const read = async () => {
    state.reads++;
    if (state.broken) throw new Error('injected');
    return state.text;
  };
  return { state, ring: pepperRing({ read, now: () => new Date(state.now) }) };
}

const unavailable = { code: 'PEPPER_UNAVAILABLE' };

describe('the ring of peppers', () => {
  test('is read once; the highest id is the current one', async () => {
    const { state, ring } = changing(secret('10', '9', '1'));
    expect(await Promise.all([ring.current(), ring.byId('9'), ring.current()])).toEqual([
      { id: '10', key: key('10') },
      { id: '9', key: key('9') },
      { id: '10', key: key('10') },
    ]);
    expect(state.reads).toBe(1);
  });

  test('is read again for an id that was added since, at once', async () => {
    const { state, ring } = changing(secret('1'));
    await ring.current();
    state.text = secret('1', '2');
    expect(await ring.current()).toMatchObject({ id: '1' });
    expect(await ring.byId('2')).toEqual({ id: '2', key: key('2') });
    expect(await ring.current()).toMatchObject({ id: '2' });
    expect(state.reads).toBe(2);
  });

  test('is read once a minute for an id that it does not have', async () => {
    const { state, ring } = changing(secret('1'));
    for (let request = 0; request < 5; request++) await expect(ring.byId('7')).rejects.toMatchObject(unavailable);
    expect(state.reads).toBe(2);
    state.now = 60_000;
    await expect(ring.byId('7')).rejects.toMatchObject(unavailable);
    expect(state.reads).toBe(3);
    expect(await ring.byId('1')).toMatchObject({ id: '1' });
  });

  test('that cannot be read is tried again with the next password', async () => {
    const { state, ring } = changing(secret('1'));
    state.broken = true;
    await expect(ring.current()).rejects.toMatchObject(unavailable);
    state.broken = false;
    expect(await ring.current()).toMatchObject({ id: '1' });
  });

  test('keeps what it knows when it cannot be read again', async () => {
    const { state, ring } = changing(secret('1'));
    await ring.current();
    state.broken = true;
    await expect(ring.byId('2')).rejects.toMatchObject(unavailable);
    expect(await ring.current()).toMatchObject({ id: '1' });
  });

  test.each(['', 'text', '[]', '{}', '{"1":"short"}', `{"0":"${key('0')}"}`, `{"x":"${key('x')}"}`])(
    'does not work with the secret %j',
    async (text) => {
      await expect(changing(text).ring.current()).rejects.toMatchObject(unavailable);
    },
  );

  test('is empty without a pepper', async () => {
    expect(await noPepper.current()).toBeUndefined();
    await expect(noPepper.byId('1')).rejects.toMatchObject(unavailable);
  });
});
