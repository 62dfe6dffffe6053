import assert from 'node:assert/strict';
import { drawSchedule, faultKinds, links } from './schedule.ts';

describe('drawSchedule', () => {
  it('draws the same faults for the same seed, and other faults for another seed', () => {
    const options = { seed: 42, faults: 60 };
    assert.deepEqual(drawSchedule(options), drawSchedule(options));
    assert.notDeepEqual(drawSchedule(options), drawSchedule({ ...options, seed: 43 }));
  });

  it('draws equal numbers of each kind, and at least the requested number in all', () => {
    const all = drawSchedule({ seed: 1, faults: 60 }).flat();
    for (const wanted of faultKinds) assert.equal(all.filter(({ kind }) => kind === wanted).length, 7);
  });

  it('never has two brokers down at a time, nor two faults of one link', () => {
    for (let seed = 0; seed < 100; seed++) {
      for (const wave of drawSchedule({ seed, faults: 60 })) {
        const kinds = wave.map(({ kind }) => kind);
        assert.ok(!(kinds.includes('broker kill') && kinds.includes('leader kill')));
        assert.equal(new Set(kinds).size, kinds.length);
        const disturbed = wave
          .filter(({ kind }) => ['cut', 'half-open', 'delay', 'swallow'].includes(kind))
          .map(({ target }) => target % links);
        assert.equal(new Set(disturbed).size, disturbed.length);
      }
    }
  });
});
