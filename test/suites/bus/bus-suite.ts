import { consumingBehaviour } from './consuming.ts';
import { deployBehaviour } from './deploys.ts';
import { hostileBehaviour } from './hostile.ts';
import { createOrderWorld, type OrderWorld } from './order-world.ts';
import { orderingBehaviour } from './ordering.ts';
import { outageBehaviour } from './outages.ts';
import { positionBehaviour } from './positions.ts';
import { prefixBehaviour } from './prefixes.ts';
import { publishingBehaviour } from './publishing.ts';
import { retentionBehaviour } from './retention.ts';
import { subscriptionBehaviour } from './subscriptions.ts';
import { versionBehaviour } from './versions.ts';
import type { StartSuiteBroker, SuiteBroker } from './suite-broker.ts';

/** The surroundings of a test of the suite; `world` and `broker` are replaced between tests, so a test reads them when it runs. */
export interface Suite {
  /** One per test. */
  world: () => OrderWorld;
  /** One per suite. */
  broker: () => SuiteBroker;
}

/** The promises of the event bus, with any broker. */
export function busSuite(name: string, startBroker: StartSuiteBroker): void {
  describe(`event bus on ${name}`, function () {
    this.timeout(60_000);
    let broker: SuiteBroker | undefined;
    let world: OrderWorld | undefined;
    const suite: Suite = {
      world: () => there(world),
      broker: () => there(broker),
    };

    before(async function () {
      broker = await startBroker(this);
    });
    beforeEach(async () => {
      world = await createOrderWorld(suite.broker().bootstrapServers);
    });
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') console.log(world?.warnings().join(''));
      await world?.close();
    });
    after(() => broker?.stop());

    describe('publish', () => publishingBehaviour(suite));
    describe('on', () => consumingBehaviour(suite));
    describe('order', () => orderingBehaviour(suite));
    describe('position', () => positionBehaviour(suite));
    describe('prefix', () => prefixBehaviour(suite));
    describe('subscriptions', () => subscriptionBehaviour(suite));
    describe('versions of an event', () => versionBehaviour(suite));
    describe('rolling deploy', () => deployBehaviour(suite));
    describe('retention', () => retentionBehaviour(suite));
    describe('records of other programs', () => hostileBehaviour(suite));
    describe('outage of the broker', () => outageBehaviour(suite));
  });
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not started yet');
  return value;
}
