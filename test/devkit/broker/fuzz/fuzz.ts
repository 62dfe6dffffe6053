import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connectWithTopic, fetch, produce } from '../batches.ts';
import type { BrokerProcess } from '../broker-process.ts';
import type { ProtocolClient } from '../protocol-client.ts';
import { captured } from './capture.ts';
import { createLane, type Outcome } from './lane.ts';
import { mutate } from './mutate.ts';
import { createRandom, type Random } from './random.ts';

export interface FuzzOptions {
  /** The number of requests to send. */
  count: number;
  seed: number;
  /** The requests to mutate. */
  requests: readonly Buffer[];
}

export interface FuzzResult {
  outcomes: Record<Outcome, number>;
  /** The broker's resident memory in bytes after each tenth of the requests. */
  memory: number[];
}

/** Connections that send at the same time. */
const LANES = 8;

const PARTS = 10;

/**
 * Sends mutated requests, and after each tenth of them queries the broker like a correct client. Rejects if the broker exits,
 * hangs, sends a response that Kafka would not send, or has an internal error.
 */
export async function fuzz(
  broker: BrokerProcess,
  { count, seed, requests }: FuzzOptions,
): Promise<FuzzResult> {
  const outcomes: Record<Outcome, number> = { answered: 0, closed: 0, waits: 0 };
  const memory: number[] = [];
  const { client, topic } = await connectWithTopic(broker.bootstrapServers);
  const lanes = Array.from({ length: LANES }, (_, i) => createRandom(seed + i));
  for (let part = 1; part <= PARTS; part++) {
    const share = Math.ceil(count / PARTS / LANES);
    const sent = lanes.map((random) => sendAll(broker.bootstrapServers, { requests, random, count: share }));
    for (const outcome of (await Promise.all(sent)).flat()) outcomes[outcome]++;
    await checkService(client, topic);
    await cleanUp(client, topic);
    memory.push(await broker.residentBytes());
    assert.deepEqual(broker.unexpected, []);
  }
  client.close();
  return { outcomes, memory };
}

async function sendAll(
  bootstrapServers: string,
  { requests, random, count }: { requests: readonly Buffer[]; random: Random; count: number },
): Promise<Outcome[]> {
  const lane = createLane(bootstrapServers);
  const outcomes: Outcome[] = [];
  try {
    while (outcomes.length < count) outcomes.push(await lane.send(mutate(requests, random)));
  } finally {
    lane.close();
  }
  return outcomes;
}

/** Checks that a correct client gets its data back, whatever the others did. */
async function checkService(client: ProtocolClient, topic: string): Promise<void> {
  const value = randomUUID();
  const { errorCode, baseOffset } = await produce(client, { topic, values: [value] });
  assert.equal(errorCode, 0);
  const { messages } = await fetch(client, { topic, offset: Number(baseOffset) });
  assert.equal(messages[0]?.value.toString(), value);
}

/** Deletes the topics and groups that mutated requests created: they were requested, so they are not a leak. */
async function cleanUp(client: ProtocolClient, own: string): Promise<void> {
  interface Metadata {
    topicMetadata: { topic: string }[];
  }
  const { topicMetadata } = await client.call<Metadata>('Metadata', 0, { topics: [] });
  const topics = topicMetadata
    .map(({ topic }) => topic)
    .filter((each) => each !== own && each !== captured.topic);
  await client.call('DeleteTopics', 1, { topics });
  const { groups } = await client.call<{ groups: { groupId: string }[] }>('ListGroups', 2, {});
  await client.call(
    'DeleteGroups',
    1,
    groups.map(({ groupId }) => groupId),
  );
}
