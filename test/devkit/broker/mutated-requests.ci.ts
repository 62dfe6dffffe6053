import assert from 'node:assert/strict';
import { captureKcat } from './fuzz/capture-kcat.ts';
import { describeFuzz } from './fuzz/fuzz-test.ts';

describeFuzz({
  count: 100_000,
  alsoCapture: captureKcat,
  check({ memory }) {
    const growth = memory.at(-1)! / memory[0]! - 1;
    assert.ok(growth <= 0.1, `resident memory grew by ${(growth * 100).toFixed(1)} %`);
  },
});
