import joi from 'joi';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  databasePart,
  readEnvironment,
  run,
} from 'microservice-runtime';
import { servingPart } from '../../serving-part.ts';
import { impatient } from './impatient.ts';
import { eventsOf, orderCreated, participants, topics, type ParticipantName } from './order-events.ts';
import { addInvoice } from './invoice.ts';
import { addWork } from './work.ts';

/** A replica of a participant. It sends its address to its parent, and ends with its parent. */
process.on('disconnect', () => process.exit(1));
await run(() => {
  const config = readEnvironment(process.env, {
    ORDERS_SEED: joi.number().required(),
    PARTICIPANT: joi.valid(...Object.keys(participants)).required(),
  });
  const logger = createLogger(config);
  const database = connectDatabase(config);
  const steps = participants[config.participant as ParticipantName].map((name) => ({
    name,
    ...eventsOf(name, topics.answersSent),
  }));
  const contracts = {
    published: steps.flatMap(({ done, refused, undone }) => [done, refused, undone]),
    consumed: [orderCreated, ...steps.flatMap(({ request, cancel }) => [request, cancel])],
  };
  const bus = createEventBus({ config, database, contracts, logger, consumer: impatient });
  for (const { name, ...events } of steps)
    (name === 'invoice' ? addInvoice : addWork)({
      ...{ bus, database, name, events, seed: config.ordersSeed },
    });
  const http = servingPart({ config, logger, database, bus, routers: [] });
  return { parts: [databasePart(database), bus, http], logger, config };
});
