import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createLaneNotifier } from '../../../src/runtime/events/relay/lane-notifier.ts';
import type { SessionQuery } from '../../../src/runtime/events/relay/session.ts';

describe('the notifier of lanes', () => {
  it('has one NOTIFY under way, however slow the session is, and collects lanes meanwhile', async () => {
    const sent: unknown[] = [];
    const answers: (() => void)[] = [];
    const query: SessionQuery = async (_, values) => {
      sent.push(values?.[1]);
      await new Promise<void>((resolve) => answers.push(resolve));
      return [];
    };
    const session = { query, transaction: () => assert.fail('not used'), close: async () => {} };
    const notify = createLaneNotifier(() => ({ session, channel: 'lanes' }));
    notify([1]);
    for (let lane = 2; lane < 16; lane += 1) {
      notify([lane]);
      // longer than the time for which lanes are collected
      if (lane % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(sent, ['1']);
    answers[0]?.();
    await waitFor(() => sent.length === 2);
    assert.equal(sent[1], '2,3,4,5,6,7,8,9,10,11,12,13,14,15');
    answers[1]?.();
  });

  it('keeps lanes until there is a connection', async () => {
    const sent: unknown[] = [];
    const query: SessionQuery = async (_, values) => (sent.push(values?.[1]), []);
    const session = { query, transaction: () => assert.fail('not used'), close: async () => {} };
    let connected = false;
    const notify = createLaneNotifier(() => (connected ? { session, channel: 'lanes' } : undefined));
    notify([3]);
    connected = true;
    notify([]);
    await waitFor(() => sent.length === 1);
    assert.deepEqual(sent, ['3']);
  });
});
