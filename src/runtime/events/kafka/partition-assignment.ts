/** A member of a consumer group, as its leader sees it. */
export interface Subscriber {
  memberId: string;
  /** The topics that it asks for. */
  topics: readonly string[];
  /** What it holds, by topic; more than it may keep does no harm. */
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
 * Who gets which partitions. Every partition goes to one member among those that ask for its topic. Of each topic, and of
 * all partitions among members that ask for the same topics, one member gets at most one more than another. Within that a
 * partition stays with who holds it. The same members and partitions, in whatever order, give the same answer.
 * @param partitions by topic; a topic that is not there, or that nobody asks for, is left out
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

/** Leaves to each what it holds, as far as that is even; returns the partitions that are free. */
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

/** Gives each free partition to who has the fewest of its topic, and of those to who has the fewest of all. */
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

/** Each topic is even already, so whoever has two more than another has one more of some topic, and hands over one of that. */
function evenOut(alike: Holder[]): void {
  for (;;) {
    const sorted = alike.toSorted((a, b) => a.total - b.total);
    const [poorest, richest] = [sorted[0], sorted.at(-1)];
    if (!poorest || !richest || richest.total - poorest.total < 2) return;
    handOver(richest, poorest);
  }
}

/** Best what the other one holds already, else what the giver does not hold yet: neither moves more than it must. */
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
