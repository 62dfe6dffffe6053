import assert from 'node:assert/strict';
import { startParts, stopParts, type Part } from 'microservice-runtime';

describe('startParts and stopParts', () => {
  let log: string[];

  beforeEach(() => {
    log = [];
  });

  const part = (name: string, faults: { start?: Error; stop?: Error } = {}): Part => ({
    name,
    start: async () => {
      log.push(`start ${name}`);
      if (faults.start) throw faults.start;
    },
    stop: async () => {
      log.push(`stop ${name}`);
      if (faults.stop) throw faults.stop;
    },
  });

  it('start in order and stop in reverse', async () => {
    const parts = [part('a'), { name: 'neither' }, part('b')];
    await startParts(parts);
    await stopParts(parts);
    assert.deepEqual(log, ['start a', 'start b', 'stop b', 'stop a']);
  });

  it('stop the started ones when a start fails, and rethrow', async () => {
    const fault = new Error('no database');
    await assert.rejects(startParts([part('a'), part('b', { start: fault }), part('c')]), fault);
    assert.deepEqual(log, ['start a', 'start b', 'stop b', 'stop a']);
  });

  it('stop every part even if one fails to stop', async () => {
    const fault = new Error('stuck');
    await assert.rejects(stopParts([part('a'), part('b', { stop: fault }), part('c')]), fault);
    assert.deepEqual(log, ['stop c', 'stop b', 'stop a']);
  });
});
