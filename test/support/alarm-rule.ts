/** The rule of a composite alarm with logical ids in place of ARNs. */
export function ruleText(rule: unknown): string {
  if (typeof rule === 'string') return rule;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute } = rule as {
    'Fn::Join'?: [string, unknown[]];
    'Fn::GetAtt'?: string[];
  };
  if (attribute) return attribute[0]!;
  return join![1].map(ruleText).join(join![0]);
}

/** The alarms that a rule names. */
export const alarmsIn = (rule: string): string[] => [...rule.matchAll(/"([^"]+)"/g)].map(([, id]) => id!);

/** Whether a rule of ALARM("…"), AND, OR, NOT and parentheses holds; AND binds closer than OR. */
export function ruleHolds(rule: string, isInAlarm: (id: string) => boolean): boolean {
  const tokens = rule.match(/ALARM\("[^"]+"\)|AND|OR|NOT|[()]/g) ?? [];
  if (tokens.join('') !== rule.replaceAll(/\s/g, '')) throw new Error(`${rule}: is not evaluated here`);
  let position = 0;

  function either(): boolean {
    let value = both();
    while (tokens[position] === 'OR') {
      position++;
      // Evaluated in any case, so that the tokens are passed.
      value = both() || value;
    }
    return value;
  }

  function both(): boolean {
    let value = single();
    while (tokens[position] === 'AND') {
      position++;
      value = single() && value;
    }
    return value;
  }

  function single(): boolean {
    const token = tokens[position++];
    if (token === 'NOT') return !single();
    if (token === '(') {
      const value = either();
      if (tokens[position++] !== ')') throw new Error(`${rule}: ) is missing`);
      return value;
    }
    const [id] = alarmsIn(token ?? '');
    if (!id) throw new Error(`${rule}: ${token ?? 'its end'} is not expected`);
    return isInAlarm(id);
  }

  const value = either();
  if (position < tokens.length) throw new Error(`${rule}: ${tokens[position]} is left over`);
  return value;
}
