import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createEventIds } from '../../../src/runtime/events/event/event-id.ts';

const times = fc.array(fc.nat({ max: 2 ** 48 - 1 }), { minLength: 1, maxLength: 20 });
const timeOf = (id: string): number => Number.parseInt(id.slice(0, 13).replace('-', ''), 16);

describe('event ids', () => {
  it('are UUIDs of version 7 with the time of the clock', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 48 - 1 }), (time) => {
        const id = createEventIds(() => time)();
        assert.match(id, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
        assert.equal(timeOf(id), time);
      }),
    );
  });

  it('ascend in one process, whatever its clock does', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 3 }), (clock, calls) => {
        let call = 0;
        const nextId = createEventIds(() => clock[Math.floor((call += 1) / calls) % clock.length] ?? 0);
        const ids = Array.from({ length: clock.length * calls * 2 }, nextId);
        assert.deepEqual(ids, ids.toSorted());
        assert.equal(new Set(ids).size, ids.length);
      }),
    );
  });

  it('ascend beyond the ids that one millisecond can have, close to the time', () => {
    const nextId = createEventIds(() => 1_000);
    const ids = Array.from({ length: 20_000 }, nextId);
    assert.deepEqual(ids, ids.toSorted());
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(timeOf(ids.at(-1) ?? '') <= 1_010);
  });

  it('differ between processes that publish at the same time', () => {
    const processes = Array.from({ length: 50 }, () => createEventIds(() => 1_000));
    const ids = processes.flatMap((nextId) => Array.from({ length: 1_000 }, nextId));
    assert.equal(new Set(ids).size, ids.length);
  });
});
