import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import joi from 'joi';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  databasePart,
  readEnvironment,
  run,
  type Part,
} from 'microservice-runtime';
import { accounts, balancesOf, changedIn } from './changes.ts';
import { changeAccounts } from './writing.ts';

/** A replica of a service that changes accounts and projects them; BALANCE_RELEASE is its newest version of the projection. */
process.on('disconnect', () => process.exit(1));
await run(() => {
  const config = readEnvironment(process.env, {
    BALANCE_TOPIC: joi.string().required(),
    BALANCE_RELEASE: joi.valid('1', '2').required(),
    BANK_RATE: joi.number().required(),
  });
  const logger = createLogger(config);
  const database = connectDatabase(config);
  const changed = changedIn(config.balanceTopic);
  const contracts = { published: [changed], consumed: [changed] };
  const bus = createEventBus({ config, database, contracts, logger });
  const [first, second] = [balancesOf(changed, 1), balancesOf(changed, 2)];
  if (config.balanceRelease === '1') bus.addProjection(first);
  else bus.addProjection(first, second);
  const stopping = new AbortController();
  let rate: number = config.bankRate;
  let working: Promise<void> = Promise.resolve();
  process.on('message', (message: { rate: number }) => (rate = message.rate));

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const id = accounts[randomInt(accounts.length)] ?? '';
      // what fails is not in `sent`
      if (rate > 0) await changeAccounts(database, bus, changed, [id]).catch(() => undefined);
      await pause(1_000 / Math.max(rate, 1), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const load: Part = {
    name: 'load',
    async start() {
      working = work();
      process.send?.({ url: 'started' });
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
  return { parts: [databasePart(database), bus, load], logger, config };
});
