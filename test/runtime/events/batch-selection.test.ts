import assert from 'node:assert/strict';
import { createBatchSelection } from '../../../src/runtime/events/consumer/batch-selection.ts';
import { createMessageQueue } from '../../../src/runtime/events/consumer/queue.ts';
import { EventFailure, EventRunFailure } from '../../../src/runtime/events/handling/failure.ts';
import type { IncomingMessage } from '../../../src/runtime/events/event/message.ts';

const messagesOf = (count: number): IncomingMessage[] =>
  Array.from({ length: count }, (_, offset) => ({
    ...{ topic: 't', partition: 0, offset: String(offset) },
    ...{ key: null, value: null, headers: {}, timestamp: '0' },
  }));
const failure = new EventFailure('an event', { offset: 0, took: 0, kind: 'bug', cause: new Error('x') });
const runFailure = new EventRunFailure('events', failure);

describe('the batches of a partition', () => {
  const select = ({ waiting = 100, inBatches = true } = {}) => {
    const queue = createMessageQueue();
    queue.push(messagesOf(waiting));
    const selection = createBatchSelection({
      queue,
      handlers: { isAtLeastOnce: () => false, isInBatches: () => inBatches },
      settings: { batchSize: 4, largestBatch: 20, batchTimeout: 1_000 },
    });
    const pass = (took: number): number => {
      const batch = selection.next();
      selection.passed(batch, took);
      return batch.length;
    };
    return { queue, selection, pass };
  };

  it('grow to the largest size while they are quick, and so does the number of messages that may wait', () => {
    const { selection, pass } = select();
    assert.deepEqual([1, 1, 1, 1, 1].map(pass), [4, 8, 16, 20, 20]);
    assert.equal(selection.growth(), 5);
  });

  it('stay as they are when they take a tenth of the time limit, and shrink when they take a quarter of it', () => {
    const { pass } = select();
    assert.deepEqual([1, 1, 150, 300, 300, 300].map(pass), [4, 8, 16, 16, 8, 4]);
    assert.equal(pass(1), 4);
  });

  it('do not grow for events that are handled one at a time', () => {
    const { pass } = select({ inBatches: false });
    assert.deepEqual([1, 1, 1].map(pass), [4, 4, 4]);
  });

  it('have the usual size again once nothing waits', () => {
    const { queue, selection, pass } = select();
    [1, 1, 1].map(pass);
    queue.dropBelow(100);
    selection.passed(messagesOf(20), 1);
    assert.equal(selection.growth(), 1);
  });

  it('are repeated in the usual size after a large one failed as a whole, and then stay below its size', () => {
    const { selection, pass } = select();
    [1, 1].map(pass);
    assert.equal(selection.failed(runFailure, selection.next()), true);
    assert.deepEqual([1, 1, 1].map(pass), [4, 8, 8]);
    assert.equal(selection.failed(runFailure, messagesOf(4)), false);
    assert.equal(selection.failed(failure, messagesOf(8)), false);
  });
});
