import type { ConsumedEvent, Resource } from '../model/answers.ts';

/** Kafka refuses a topic whose name differs from an existing one only in `.` and `_`: its metrics write `_` for both. */
const inMetrics = (topic: string) => topic.replaceAll('.', '_');

/** Returns the reason why one Kafka cannot have these topics, or why a topic would have two owners; undefined if there is none. */
export function topicsFault(consumes: ConsumedEvent[], resources: Resource[]): string | undefined {
  const owned = resources.map(({ name }) => ({ topic: `${name}.events`, of: `the resource "${name}"` }));
  const heard = consumes.map(({ topic, type, from }) => ({ topic, of: `"${type}" of ${from}` }));
  for (const { topic, of } of heard) {
    const owner = owned.find((own) => own.topic === topic);
    if (owner)
      return `"${topic}" is the topic of both ${of} and ${owner.of}, but a topic has one owner; rename the resource`;
    const other = [...owned, ...heard].find(
      (each) => each.topic !== topic && inMetrics(each.topic) === inMetrics(topic),
    );
    if (other)
      return `"${topic}", the topic of ${of}, and "${other.topic}", that of ${other.of}, cannot be in the same Kafka cluster, which does not distinguish "." and "_"; rename one, or remove it from --consumes`;
  }
  return undefined;
}
