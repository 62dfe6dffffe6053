import { OUTGOING } from '../events/relay/refused-rows.ts';
import { redriveOutgoing } from '../events/operations/redrive-outbox.ts';
import { countBehind, dropOutgoingKey, readBehind } from '../events/operations/dead-letters.ts';
import { readParkedEvents, type ParkedState } from '../events/operations/parked.ts';
import { dropParked, redriveKey } from '../events/operations/change-parked.ts';
import { changeKeys } from './change-keys.ts';
import { bytesOf } from './output/event-text.ts';
import type { Flags } from './input/flags.ts';

/** `parked redrive` and `dead-letters redrive`. */
export const redriveKeys = (root: string, state: ParkedState, values: Flags): Promise<void> =>
  changeKeys(root, state, values, {
    did: 'redriven',
    async count() {
      return 0;
    },
    async read() {
      return [];
    },
    async act(database, key) {
      if (key.group !== OUTGOING) return (await redriveKey(database, key)) ? 0 : undefined;
      return (await redriveOutgoing(database, key)) === undefined ? undefined : 0;
    },
  });

/** `parked drop` and `dead-letters drop`. */
export function dropKeys(root: string, state: ParkedState, values: Flags): Promise<void> {
  const whole = values['with-queue'] ?? false;
  return changeKeys(root, state, values, {
    did: 'dropped',
    async count(database, key) {
      if (!whole) return Math.min(1, key.events);
      return key.events + (key.group === OUTGOING ? await countBehind(database, key) : 0);
    },
    async read(database, key, limit, most) {
      const parked = await readParkedEvents(database, key, whole ? limit : 1, { most });
      if (!whole || key.group !== OUTGOING || parked.length >= limit) return parked;
      return [...parked, ...(await readBehind(database, key, limit - parked.length, most - bytesOf(parked)))];
    },
    act(database, key, keep, excerpt) {
      const drop = { of: key, firstRow: key.firstRow, whole, ...(excerpt && { excerpt }) };
      return (key.group === OUTGOING ? dropOutgoingKey : dropParked)(database, drop, keep);
    },
  });
}
