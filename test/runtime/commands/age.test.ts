import assert from 'node:assert/strict';
import { ageOf, parseAge, parseTime } from '../../../src/runtime/commands/input/age.ts';

const now = new Date('2026-11-22T12:00:00.000Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);

describe('ages and times of commands', () => {
  it('reads seconds, minutes, hours and days', () => {
    const ages = ['90s', '10m', '2h', '3d'].map((text) => parseAge(text) / 1_000);
    assert.deepEqual(ages, [90, 600, 7_200, 259_200]);
    for (const text of ['10', 'm', '-1m', '1.5h', '1w', '10 m', '', '0x1s'])
      assert.throws(() => parseAge(text), /is not an age; write 90s, 10m, 2h or 3d/, text);
  });

  it('reads ISO times, ages and the beginning', () => {
    assert.deepEqual(parseTime('2h', now), ago(7_200));
    assert.equal(parseTime('beginning', now), undefined);
    assert.deepEqual(parseTime('2026-11-22T11:00:00Z', now), ago(3_600));
    assert.deepEqual(parseTime('2026-11-22T12:30:00+01:30', now), ago(3_600));
    assert.deepEqual(parseTime('2026-11-21', now), new Date(2026, 10, 21));
    for (const text of ['yesterday', '2026', '2026-13-01', '2026-11-22 11:00', '1700000000000'])
      assert.throws(() => parseTime(text, now), /is not a time; write/, text);
    assert.throws(() => parseTime('2026-11-22T12:00:01Z', now), /is in the future/);
  });

  it('formats the age of a time in the largest unit with a value of at least two', () => {
    const texts = [0, 59, 119, 120, 3_600, 7_200, 172_799, 172_800].map((seconds) =>
      ageOf(ago(seconds), now),
    );
    assert.deepEqual(texts, ['0s', '59s', '119s', '2m', '60m', '2h', '48h', '2d']);
    assert.equal(ageOf(ago(-90), now), 'in 90s');
  });
});
