import type { Figures } from './support/measurement.ts';
import { eventually, withParked } from './support/parked.ts';

export const sentence =
  'a parked key with 200 events of 800 KB, whose first event fails again and then succeeds';

const events = 200;

export const measure = (checkout: string): Promise<Figures> =>
  withParked(checkout, async ({ database, service, park }) => {
    await service.ask('start', 'fail');
    const idle = await service.ask('peak');
    await park({ keys: 1, events, bytes: 800_000, attempts: 1, dueIn: 0 });
    await eventually(async () => (await database('event_parked_keys').first('attempts')).attempts > 1);
    const failing = await service.ask('peak');
    await service.ask('behave', 'insert');
    await database('event_parked_keys').update({ next_try_at: database.fn.now() });
    await eventually(async () => (await database('copies').count({ count: '*' }).first())?.count !== '0');
    return {
      'a failing try, MB more than idle': failing - idle,
      'the first batch that succeeds, MB more than idle': (await service.ask('peak')) - idle,
    };
  });
