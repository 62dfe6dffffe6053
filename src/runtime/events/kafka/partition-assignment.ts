/** A member of a consumer group, as seen by its leader. */
export interface Subscriber {
  memberId: string;
  /** The topics that it subscribes to. */
  topics: readonly string[];
  /** The partitions that it holds, by topic; more than it may keep does no harm. */
  owned: ReadonlyMap<string, readonly number[]>;
}

/** The partitions of one member, by topic. */
export type Share = Map<string, number[]>;

interface Holder {
  subscriber: Subscriber;
  share: Share;
  total: number;
}

/**
 * Assigns every partition to one member among the subscribers of its topic. For each topic, and for all partitions of members
 * with the same topics, no member gets more than one more than another. Within these limits, a partition stays with its
 * holder. The result depends only on the set of members and partitions, not on their order.
 * @param partitions by topic; topics that do not exist or have no subscriber are omitted
 */
export function assignPartitions(
  subscribers: readonly Subscriber[],
  partitions: ReadonlyMap<string, readonly number[]>,
): Map<string, Share> {
  const holders = subscribers
    .map((subscriber): Holder => ({ subscriber, share: new Map(), total: 0 }))
    .toSorted((a, b) => compare(a.subscriber.memberId, b.subscriber.memberId));
  const topics = [...partitions].toSorted(([a], [b]) => compare(a, b));
  const free = topics.map(([topic, all]) => keep(topic, all, askingFor(topic, holders)));
  topics.forEach(([topic], index) => give(topic, free[index] ?? [], askingFor(topic, holders)));
  for (const alike of byTopics(holders)) evenOut(alike);
  return new Map(holders.map(({ subscriber, share }) => [subscriber.memberId, share]));
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const askingFor = (topic: string, holders: Holder[]): Holder[] =>
  holders.filter(({ subscriber }) => subscriber.topics.includes(topic));
const sizeOf = (topic: string, { share }: Holder): number => share.get(topic)?.length ?? 0;
const owns = (topic: string, partition: number, { subscriber }: Holder): boolean =>
  subscriber.owned.get(topic)?.includes(partition) ?? false;

/** Lets each member keep its partitions, as far as that is even; returns the free partitions. */
function keep(topic: string, partitions: readonly number[], holders: Holder[]): number[] {
  if (holders.length === 0) return [];
  const free = new Set([...partitions].toSorted((a, b) => a - b));
  const claims = holders.map((holder) => {
    const claimed = [...free].filter((partition) => owns(topic, partition, holder));
    claimed.forEach((partition) => free.delete(partition));
    return { holder, claimed };
  });
  const size = Math.floor(partitions.length / holders.length);
  let larger = partitions.length % holders.length;
  for (const { holder, claimed } of claims.toSorted((a, b) => a.holder.total - b.holder.total)) {
    const kept = claimed.slice(0, claimed.length > size && larger > 0 ? size + 1 : size);
    if (kept.length > size) larger -= 1;
    claimed.slice(kept.length).forEach((partition) => free.add(partition));
    kept.forEach((partition) => add(topic, partition, holder));
  }
  return [...free].toSorted((a, b) => a - b);
}

/** Assigns each free partition to the member with the fewest of its topic and, among those, with the fewest of all. */
function give(topic: string, free: number[], holders: Holder[]): void {
  for (const partition of free) {
    const [poorest] = holders.toSorted((a, b) => sizeOf(topic, a) - sizeOf(topic, b) || a.total - b.total);
    if (poorest) add(topic, partition, poorest);
  }
}

function add(topic: string, partition: number, holder: Holder): void {
  holder.share.set(
    topic,
    [...(holder.share.get(topic) ?? []), partition].toSorted((a, b) => a - b),
  );
  holder.total += 1;
}

function byTopics(holders: Holder[]): Iterable<Holder[]> {
  const groups = new Map<string, Holder[]>();
  for (const holder of holders) {
    const topics = JSON.stringify([...new Set(holder.subscriber.topics)].toSorted(compare));
    groups.set(topics, [...(groups.get(topics) ?? []), holder]);
  }
  return groups.values();
}

/**
 * Each topic is already even, so a member with two more than another has one more of some topic, and hands over one of that.
 */
function evenOut(alike: Holder[]): void {
  for (;;) {
    const sorted = alike.toSorted((a, b) => a.total - b.total);
    const [poorest, richest] = [sorted[0], sorted.at(-1)];
    if (!poorest || !richest || richest.total - poorest.total < 2) return;
    handOver(richest, poorest);
  }
}

/**
 * Prefers a partition that the receiver already holds, then one that the giver does not hold yet: both avoid unnecessary
 * moves.
 */
function handOver(from: Holder, to: Holder): void {
  const regret = ([topic, partition]: readonly [string, number]): number =>
    owns(topic, partition, to) ? 0 : owns(topic, partition, from) ? 2 : 1;
  const candidates = [...from.share]
    .filter(([topic]) => sizeOf(topic, from) > sizeOf(topic, to))
    .flatMap(([topic, partitions]) => partitions.map((partition) => [topic, partition] as const));
  const [best] = candidates.toSorted((a, b) => regret(a) - regret(b));
  if (!best) return;
  const [topic, partition] = best;
  from.share.set(topic, from.share.get(topic)?.filter((each) => each !== partition) ?? []);
  from.total -= 1;
  add(topic, partition, to);
}
