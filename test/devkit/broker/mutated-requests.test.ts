import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { batch, connectWithTopic, fetch, fetchArguments, produce } from './batches.ts';
import { startBrokerProcess, type BrokerProcess } from './broker-process.ts';
import { connectProtocol, encodeRequest, type ProtocolClient } from './protocol-client.ts';

const groupId = 'group';
const member = { groupId, generationId: 1, groupGenerationId: 1, memberId: 'member' };

/** Every API in every version that KafkaJS has and the broker answers. */
function requestsFor(topic: string): [api: string, versions: number[], args: object][] {
  const partition = { partition: 0, offset: '1', timestamp: -1, metadata: 'm' };
  const topics = [{ topic, partitions: [partition] }];
  const groupProtocols = [{ name: 'range', metadata: Buffer.from('metadata') }];
  const join = {
    ...member,
    sessionTimeout: 6000,
    rebalanceTimeout: 6000,
    protocolType: 'consumer',
    groupProtocols,
  };
  const groupAssignment = [{ memberId: 'member', memberAssignment: Buffer.from('assignment') }];
  const newTopic = {
    topic: 'new',
    numPartitions: 2,
    replicationFactor: 1,
    configEntries: [{ name: 'a', value: 'b' }],
  };
  return [
    ['Produce', [3, 7], batch({ topic, values: ['a', 'b'], producerId: 1, compression: 1 })],
    ['Produce', [5], batch({ topic, values: ['a', 'b'] })],
    ['Fetch', [4, 7, 11], fetchArguments({ topic, offset: 0, maxWait: 10 })],
    ['ListOffsets', [1, 3], { replicaId: -1, isolationLevel: 0, topics }],
    ['Metadata', [0, 6], { topics: [topic], allowAutoTopicCreation: false }],
    ['OffsetCommit', [2, 5], { ...member, topics, retentionTime: -1 }],
    ['OffsetFetch', [1, 4], { groupId, topics }],
    ['GroupCoordinator', [0, 2], { groupId, coordinatorType: 0 }],
    ['JoinGroup', [2, 5], join],
    ['Heartbeat', [0, 3], member],
    ['LeaveGroup', [0, 3], member],
    ['SyncGroup', [0, 3], { ...member, groupAssignment }],
    ['DescribeGroups', [0, 2], { groupIds: [groupId] }],
    ['ListGroups', [0, 2], {}],
    ['ApiVersions', [0, 2], {}],
    ['CreateTopics', [2, 3], { topics: [newTopic], validateOnly: false }],
    ['DeleteTopics', [1], { topics: ['new'], timeout: 100 }],
    ['InitProducerId', [0, 1], { transactionTimeout: 0 }],
    ['DescribeConfigs', [1, 2], { resources: [{ type: 2, name: topic, configNames: ['a'] }] }],
    ['CreatePartitions', [0, 1], { topicPartitions: [{ topic: 'new', count: 3 }] }],
    ['DeleteGroups', [0, 1], [groupId]],
  ];
}

describe('a broken request', () => {
  let broker: BrokerProcess;
  let client: ProtocolClient;
  let topic: string;
  let requests: Buffer[];

  before(async () => {
    broker = await startBrokerProcess();
    ({ client, topic } = await connectWithTopic(broker.bootstrapServers));
    const encoded = requestsFor(topic).flatMap(([api, versions, args]) =>
      versions.map((version) => encodeRequest(api, version, args)),
    );
    requests = await Promise.all(encoded);
  });
  after(async () => {
    client.close();
    await broker.kill();
  });

  const change = fc.record({
    request: fc.nat(),
    /** Positions behind the size, which is put right, and the values they get. */
    bytes: fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), { maxLength: 4 }),
    cut: fc.option(fc.nat()),
    tail: fc.uint8Array({ maxLength: 8 }),
  });

  it('ends its connection at most, and everything else is answered as before', async function () {
    this.timeout(60_000);
    await produce(client, { topic, values: ['kept'] });
    await fc.assert(
      fc.asyncProperty(change, async ({ request, bytes, cut, tail }) => {
        const mutated = mutate(requests[request % requests.length]!, { bytes, cut, tail });
        const other = await connectProtocol(broker.bootstrapServers);
        other.write(mutated);
        await Promise.race([
          other.closed,
          other.read().catch(() => undefined),
          client.call('ApiVersions', 2, {}),
        ]);
        other.close();
        const { messages } = await fetch(client, { topic, offset: 0 });
        assert.equal(messages[0]?.value.toString(), 'kept');
      }),
      { numRuns: 600 },
    );
  });
});

interface Mutation {
  bytes: [position: number, value: number][];
  cut: number | null;
  tail: Uint8Array;
}

function mutate(request: Buffer, { bytes, cut, tail }: Mutation): Buffer {
  const kept = cut === null ? request.length : 4 + (cut % (request.length - 4));
  const mutated = Buffer.concat([request.subarray(0, kept), tail]);
  for (const [position, value] of bytes) mutated[4 + (position % (mutated.length - 4 || 1))] = value;
  mutated.writeInt32BE(mutated.length - 4, 0);
  return mutated;
}
