import assert from 'node:assert/strict';
import { startRealKafka, type SuiteBroker } from '../bus/suite-broker.ts';
import { runCampaign, type Campaign, type CampaignResult } from './crash-campaign.ts';

const kills = Number(process.env.CRASH_KILLS ?? 25);

/** Section 7 of the definition of done: 3 relays, 2 consumers, real Kafka, real PostgreSQL, SIGKILL under load. */
describe('a service that dies', function () {
  this.timeout(300_000);
  let broker: SuiteBroker;

  before(async function () {
    broker = await startRealKafka(this);
  });
  after(() => broker?.stop());

  it(`between COMMIT and publish, ${kills} times, loses, reorders and repeats nothing`, async () => {
    await campaign('outbox.committed');
  });

  it(`between acknowledgement and delete, ${kills} times, loses, reorders and repeats nothing`, async () => {
    const { sentAgain } = await campaign('relay.acknowledged');
    assert.ok(sentAgain >= kills, `each death must repeat a message, but only ${sentAgain} were sent again`);
  });

  async function campaign(failpoint: Campaign['failpoint']): Promise<CampaignResult> {
    const begun = performance.now();
    const result = await runCampaign({ bootstrapServers: broker.bootstrapServers, failpoint, kills });
    print(failpoint, result, performance.now() - begun);
    const { hits, lost, outOfOrder, handledTwice } = result;
    assert.deepEqual(
      { hits, lost, outOfOrder, handledTwice },
      { hits: kills, lost: 0, outOfOrder: 0, handledTwice: 0 },
    );
    return result;
  }
});

function print(failpoint: string, result: CampaignResult, milliseconds: number): void {
  const { hits, events, sentAgain, lost, outOfOrder, handledTwice } = result;
  console.log(
    `      ${failpoint}: ${hits} kills confirmed in ${Math.round(milliseconds / 1_000)} s, ${events} events, ` +
      `${sentAgain} sent again; ${lost} lost, ${outOfOrder} out of order, ${handledTwice} handled twice`,
  );
}
