// A command of the suite in ../client-suite.ts with @platformatic/kafka, which is installed next to this file.
import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';

const [command, bootstrapServers, topic, ...rest] = process.argv.slice(2);
const base = { clientId: 'platformatic', bootstrapBrokers: [bootstrapServers] };
const commands = { create, produce, offsets, member, delete: remove };
await commands[command](...rest);

async function create() {
  const admin = new Admin(base);
  const [created] = await admin.createTopics({ topics: [topic], partitions: 4, replicas: 1 });
  console.log(`created ${created.partitions}`);
  await admin.close();
}

async function produce(from, to) {
  const producer = new Producer({ ...base, serializers: stringSerializers, idempotent: true });
  for (let n = Number(from); n < Number(to); n++) {
    const timestamp = BigInt(1_700_000_000_000 + n);
    await producer.send({
      messages: [{ topic, key: `key-${n}`, value: `${n}`, partition: n % 4, timestamp }],
    });
  }
  await producer.close();
}

async function offsets() {
  const admin = new Admin(base);
  for (const timestamp of [-2n, -1n, -3n]) {
    const partitions = [0, 1, 2, 3].map((partitionIndex) => ({ partitionIndex, timestamp }));
    const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
    const found = listed.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex);
    console.log(`offsets ${found.map(({ offset }) => offset).join(' ')}`);
  }
  await admin.close();
}

async function member(groupId, groupInstanceId) {
  const consumer = new Consumer({ ...base, groupId, groupInstanceId, deserializers: stringDeserializers });
  consumer.on('consumer:group:join', ({ generationId, assignments }) => {
    const partitions = assignments?.find((each) => each.topic === topic)?.partitions ?? [];
    console.log(`generation ${generationId} partitions ${partitions.length}`);
  });
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'committed',
    autocommit: false,
    fallbackMode: 'earliest',
    sessionTimeout: 30_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 200,
  });
  process.on('SIGTERM', () => void consumer.close(true).then(() => process.exit()));
  for await (const message of stream) {
    await message.commit();
    console.log(`value ${message.value}`);
  }
}

async function remove() {
  const admin = new Admin(base);
  await admin.deleteTopics({ topics: [topic] });
  console.log(`topics ${(await admin.listTopics()).join(' ')}`);
  await admin.close();
}
