import joi from 'joi';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  databasePart,
  readEnvironment,
  run,
} from 'microservice-runtime';
import { servingPart } from '../serving-part.ts';
import { createLoad } from './load.ts';
import { moneySentIn } from './money.ts';
import { receiveMoney } from './receiving.ts';
import { sendMoney } from './sending.ts';
import { transferRouter } from './transfer-router.ts';

/** A replica of a bank. It sends its address to its parent, receives the rate of its load, and ends with its parent. */
process.on('disconnect', () => process.exit(1));
await run(() => {
  const config = readEnvironment(process.env, {
    BANK_SENDS: joi.string().required(),
    BANK_RECEIVES: joi.string().required(),
    BANK_ACCOUNTS: joi.string().required(),
    BANK_RECIPIENTS: joi.string().required(),
    BANK_RATE: joi.number().required(),
    BANK_POISON_EVERY: joi.number().required(),
    BANK_HISTORY: joi.string().required(),
  });
  const logger = createLogger(config);
  const database = connectDatabase(config);
  const moneySent = moneySentIn(config.bankSends);
  const moneyReceived = moneySentIn(config.bankReceives);
  const contracts = { published: [moneySent], consumed: [moneyReceived] };
  // a dead letter takes seconds, instead of an hour
  const bus = createEventBus({ config, database, contracts, logger, consumer: { parkedTries: 6 } });
  bus.on(moneyReceived, receiveMoney(database));
  const load = createLoad({
    accounts: config.bankAccounts.split(','),
    recipients: config.bankRecipients.split(','),
    poisonEvery: config.bankPoisonEvery,
    history: config.bankHistory,
    send: (transfer, rollBack) => sendMoney({ database, bus, moneySent }, transfer, rollBack),
  });
  load.setRate(config.bankRate);
  process.on('message', ({ rate }: { rate: number }) => load.setRate(rate));
  const routers = [transferRouter((transfer) => sendMoney({ database, bus, moneySent }, transfer))];
  const http = servingPart({ config, logger, database, bus, routers });
  return { parts: [databasePart(database), bus, http, load], logger, config };
});
