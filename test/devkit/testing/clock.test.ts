import assert from 'node:assert/strict';
import { createClock } from '../../../src/devkit/testing.ts';

describe('createClock', () => {
  it('shows the current time until the test moves it', async () => {
    const before = Date.now();
    const { now } = createClock();
    const first = now();
    assert(first.getTime() >= before && first.getTime() <= Date.now());
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(now(), first);
  });

  it('shows the time to which the test moves it', () => {
    const clock = createClock('2026-01-31T23:59:59.000Z');
    clock.advance(1_500);
    assert.equal(clock.now().toISOString(), '2026-02-01T00:00:00.500Z');
    clock.advance(-500);
    assert.equal(clock.now().toISOString(), '2026-02-01T00:00:00.000Z');
    clock.set('2027-01-01T00:00:00Z');
    assert.equal(clock.now().toISOString(), '2027-01-01T00:00:00.000Z');
  });

  it('ignores changes of a Date that it returned', () => {
    const clock = createClock('2026-01-01T00:00:00Z');
    clock.now().setFullYear(1999);
    assert.equal(clock.now().getUTCFullYear(), 2026);
  });

  it('refuses a value that is not a time', () => {
    assert.throws(() => createClock('tomorrow'), /^RangeError: tomorrow is not a time/);
    assert.throws(() => createClock().advance(Number.NaN), RangeError);
  });
});
