/** Pages that are missing, stale or left over. */
export function differences(stored: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): string[] {
  const left = [...stored.keys()]
    .filter((name) => !wanted.has(name))
    .map((name) => `${name} is of nothing that is exported`);
  const wrong = [...wanted].flatMap(([name, text]) => {
    if (!stored.has(name)) return [`${name} is missing`];
    return stored.get(name) === text ? [] : [`${name} is not current`];
  });
  return [...left, ...wrong];
}
