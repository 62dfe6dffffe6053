import { Kafka, logLevel } from 'kafkajs';
import { query } from '../../test/support/query.ts';

/** When one event was where, in ms since 1970 by the clock of this machine. */
export interface EventPath {
  /** The request was sent. */
  requested: number;
  /** The transaction of the row and the event had committed: the answer arrived, or the event was sent to Kafka. */
  committed: number;
  /** The relay sent the event to Kafka. */
  sent: number;
  /** The transaction of the handler began. */
  handled: number;
  partition: number;
  offset: string;
}

export interface EventAddress {
  bootstrapServers: string;
  topic: string;
  /** The key of the first event of a new row. */
  key: string;
  /** The database of the consuming service. */
  databaseUrl: string;
}

/** Reads the path of a handled event: its record in Kafka, and its row in the inbox of the service that handled it. */
export async function readEventPath(
  address: EventAddress,
  { requested, answered }: { requested: number; answered: number },
): Promise<EventPath> {
  const { id, sent, partition, offset } = await findRecord(address);
  const [row] = await query<{ received_at: Date }>(
    address.databaseUrl,
    `select received_at from event_inbox where event_id = '${id}'`,
  );
  if (!row) throw new Error(`the inbox of ${address.databaseUrl} has no event ${id}`);
  const committed = Math.min(answered, sent);
  return { requested, committed, sent, handled: row.received_at.getTime(), partition, offset };
}

interface FoundRecord {
  id: string;
  sent: number;
  partition: number;
  offset: string;
}

async function findRecord({ bootstrapServers, topic, key }: EventAddress): Promise<FoundRecord> {
  const kafka = new Kafka({
    clientId: 'demo',
    brokers: bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
  });
  const consumer = kafka.consumer({ groupId: `demo-${process.pid}` });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${topic} has no event with the key ${key}`)), 30_000);
      void consumer.run({
        eachMessage: async ({ partition, message }) => {
          if (message.key?.toString() !== key) return;
          clearTimeout(late);
          const id = String(message.headers?.['ce_id']);
          resolve({ id, sent: Number(message.timestamp), partition, offset: message.offset });
        },
      });
    });
  } finally {
    await consumer.disconnect();
  }
}
