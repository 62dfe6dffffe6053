import { Kafka, logLevel } from 'kafkajs';
import type { Figures } from './support/measurement.ts';
import { eventually, topic, withParked, type Parked } from './support/parked.ts';

export const sentence = 'a parked key with 5,000 events is redriven, and as many events are handled live';

const events = 5_000;
const perRequest = 500;

/** Milliseconds of CPU that the service needs for each event until `rows` rows are there, and its events per second. */
async function untilHandled({ database, service }: Parked, rows: number, work: () => Promise<unknown>) {
  const cpu = await service.ask('cpu');
  const begun = performance.now();
  await work();
  await eventually(
    async () => Number((await database('copies').count({ count: '*' }).first())?.count) >= rows,
  );
  return {
    cpu: ((await service.ask('cpu')) - cpu) / events,
    rate: events / ((performance.now() - begun) / 1_000),
  };
}

/** Events of one key, so they are in one partition, like those of a parked key. */
async function publish(bootstrapServers: string, name: string): Promise<void> {
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  for (let start = 0; start < events; start += perRequest) {
    const messages = Array.from({ length: perRequest }, (_, index) => ({
      key: 'live',
      value: JSON.stringify({ number: start + index, text: 'x'.repeat(200) }),
      headers: { ce_id: `${name}-${start + index}`, ce_source: 'growth', ce_type: 'note.written' },
    }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}

export const measure = (checkout: string): Promise<Figures> =>
  withParked(checkout, async (parked) => {
    const { database, service, park, bootstrapServers } = parked;
    await service.ask('start', 'insert');
    // the first events compile the code
    await untilHandled(parked, events, () => publish(bootstrapServers, 'warm'));
    const live = await untilHandled(parked, 2 * events, () => publish(bootstrapServers, 'live'));
    await park({ keys: 1, events, bytes: 200, attempts: 0, dueIn: 3_600 });
    const redriven = await untilHandled(parked, 3 * events, () =>
      database('event_parked_keys').update({ next_try_at: database.fn.now() }),
    );
    return {
      'live, CPU ms an event': live.cpu,
      'redriven, CPU ms an event': redriven.cpu,
      'redriven by live, CPU': redriven.cpu / live.cpu,
      'live, events/s': live.rate,
      'redriven, events/s': redriven.rate,
    };
  });
