import assert from 'node:assert/strict';
import type { Handled, History, Sent } from './history.ts';
import { faultsOf, judge } from './verdict.ts';

describe('judge', () => {
  it('finds no fault if each transfer was handled once and in order', () => {
    const verdict = judge(historyOf([1, 2, 3], [1, 2, 3]));
    assert.deepEqual(faultsOf(verdict), []);
    assert.equal(verdict.events, 3);
  });

  it('counts transfers that were committed and not handled', () => {
    assert.equal(judge(historyOf([1, 2, 3], [1, 3])).lost, 1);
  });

  it('counts transfers that were handled again, at any place', () => {
    const verdict = judge(historyOf([1, 2, 3], [1, 2, 1, 3, 3]));
    assert.deepEqual(faultsOf(verdict), ['doubled: 2']);
  });

  it('counts transfers that were handled after a later one of their account', () => {
    assert.equal(judge(historyOf([1, 2, 3], [2, 3, 1])).outOfOrder, 1);
    assert.equal(judge(historyOf([1, 2, 3], [3, 1, 2])).outOfOrder, 2);
  });

  it('orders transfers by their place in the ledger, not by the order of the rows', () => {
    const history = historyOf([1, 2, 3], [1, 2, 3]);
    assert.deepEqual(faultsOf(judge({ ...history, handled: history.handled.toReversed() })), []);
  });

  it('compares the transfers of an account only with each other', () => {
    const one = historyOf([1, 2], [1, 2]);
    const other = historyOf([1, 2], [1, 2], 'other');
    const verdict = judge({
      ...one,
      sent: [...one.sent, ...other.sent],
      handled: [...other.handled, ...one.handled],
    });
    assert.deepEqual(faultsOf(verdict), []);
  });

  it('counts a gap in the sent transfers as disorder: PostgreSQL has lost a commit', () => {
    assert.equal(judge(historyOf([1, 3], [1, 3])).outOfOrder, 1);
  });

  it('counts transfers that were handled and never committed', () => {
    const history = historyOf([1], [1, 2]);
    assert.equal(judge({ ...history, rolledBack: ['account/2'] }).uncommitted, 1);
    assert.equal(judge({ ...history, rolledBack: ['account/2'] }).rolledBack, 1);
  });

  it('reports by how much the money differs', () => {
    assert.deepEqual(faultsOf(judge({ ...historyOf([1], [1]), money: { before: 10, after: 7 } })), [
      'moneyDifference: -3',
    ]);
  });

  it('reports the longest time from the end of faults until every partition passed a later event', () => {
    const history = historyOf([1, 2, 3, 4], [1, 2, 3, 4]);
    const handled = history.handled.map((event, index) => ({
      ...event,
      partition: index % 2,
      handledAt: event.sentAt + 50,
    }));
    assert.equal(judge({ ...history, handled, calms: [1_500] }).longestRecovery, 1_550);
    assert.equal(judge({ ...history, handled, calms: [3_500] }).longestRecovery, Infinity);
  });
});

/** An account with these sequences, the first one sent at 1,000 ms, and so on. */
function historyOf(sent: number[], handled: number[], account = 'account'): History {
  return {
    sent: sent.map((sequence) => sentOf(account, sequence)),
    handled: handled.map((sequence, place): Handled => ({
      ...sentOf(account, sequence),
      ...{ place, topic: 'money', partition: 0, handledAt: 10_000 + place },
    })),
    rolledBack: [],
    money: { before: 0, after: 0 },
    faults: [],
    calms: [],
  };
}

const sentOf = (account: string, sequence: number): Sent => ({
  ...{
    transfer: `${account}/${sequence}`,
    account,
    sequence,
    recipient: 'savings',
    amount: 1,
    poisoned: false,
  },
  sentAt: sequence * 1_000,
});
