/**
 * Which items are not independent. Each item has names (of its picture, of the group it is scored in): items that share a
 * name, or that a chain of such items joins, are one cluster. Gives the name of each item's cluster.
 */
export function clustersOf(items: readonly (readonly string[])[]): string[] {
  const above = new Map<string, string>();
  const root = (name: string): string => {
    let top = name;
    for (let next = above.get(top); next !== undefined; next = above.get(top)) top = next;
    // All on the way point to the top from now on: a picture with thousands of questions would be a chain of as many steps.
    for (let at = name; at !== top; ) {
      const next = above.get(at)!;
      above.set(at, top);
      at = next;
    }
    return top;
  };
  for (const [first, ...more] of items) {
    for (const name of more) {
      const [top, other] = [root(first), root(name)];
      if (top !== other) above.set(other, top);
    }
  }
  return items.map(([first]) => root(first));
}
