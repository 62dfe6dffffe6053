/** Returns the fault in a topic's name; undefined if there is none. The rules are Kafka's (its class Topic). */
export function topicNameError(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return `Topic name is invalid: '${name}'`;
  if (name.length > 249) return `Topic name is longer than 249 characters: ${name.length}`;
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `Topic name is invalid: '${name}' may hold only ASCII letters and digits, '.', '_' and '-'`;
  }
  return undefined;
}

/** Kafka refuses names that differ only in '.' and '_', because its metrics cannot distinguish them. */
export function collidingTopic(name: string, others: readonly string[]): string | undefined {
  return others.find((other) => other !== name && plain(other) === plain(name));
}

function plain(name: string): string {
  return name.replaceAll('.', '_');
}
