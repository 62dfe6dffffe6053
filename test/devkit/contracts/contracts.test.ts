import assert from 'node:assert/strict';
import { compareContracts } from '../../../src/devkit/contracts/compare-contracts.ts';
import { checkConsumer, consumersOf } from '../../../src/devkit/contracts/consumers.ts';
import { readContract } from '../../../src/devkit/contracts/event-contract.ts';
import type { ContractFinding } from '../../../src/devkit/contracts/finding.ts';
import { compareWithHistory } from '../../../src/devkit/contracts/history.ts';
import { contractOf, fields, type SomeEvent } from './some-contract.ts';

const [text, number] = [{ type: 'string' }, { type: 'integer' }];
const shown = (findings: ContractFinding[]) =>
  findings.map(({ severity, subject, path, rule }) => [severity, subject, path, rule].join(' '));

describe('a change of a contract', () => {
  const changes = (base: SomeEvent[], head: SomeEvent[]) =>
    shown(compareContracts(contractOf(base), contractOf(head)));

  it('passes for new events, new versions and new optional fields', () => {
    const base = [{ payload: fields({ id: text }) }];
    const head = [
      { payload: fields({ id: text, note: text }, ['id']) },
      { version: 2, payload: fields({ name: text }) },
      { type: 'user.deleted' },
    ];
    assert.deepEqual(changes(base, head), []);
  });

  it('breaks consumers with another topic, aggregate or key', () => {
    assert.deepEqual(changes([{}], [{ topic: 'accounts' }]), ['error user.created v1  topic-changed']);
    assert.deepEqual(changes([{}], [{ aggregate: 'account' }]), ['error user.created v1  aggregate-changed']);
    assert.deepEqual(changes([{}], [{ key: number }]), ['error user.created v1  key-changed']);
    assert.deepEqual(changes([{}], [{ key: { type: 'string', description: 'the id' } }]), []);
  });

  it('breaks consumers of an event that is no longer published, also if a newer version is', () => {
    const [removed] = compareContracts(contractOf([{}]), contractOf([{ version: 2 }]));
    assert.equal(removed?.rule, 'event-removed');
    assert.match(removed.message, /Publish it together with user\.created v2 until no service consumes it/);
    assert.deepEqual(changes([{}], []), ['error user.created v1  event-removed']);
  });

  it('names the field, deep in the data', () => {
    const lines = (price: object) => ({
      payload: fields({ lines: { type: 'array', items: fields({ price }) } }),
    });
    assert.deepEqual(changes([lines(number)], [lines(text)]), [
      'error user.created v1 lines[].price type-changed',
    ]);
  });
});

describe('a change of a contract with several released states', () => {
  const state = (label: string, payload: object) => ({ label, contract: contractOf([{ payload }]) });
  const changes = (states: object[], head: object) =>
    compareWithHistory(
      states.map((payload, index) => state(`state ${index}`, payload)),
      contractOf([{ payload: head }]),
    );

  it('is compared with each of them, since their events are still in Kafka', () => {
    const [withText, without, withNumber] = [fields({ a: text }, []), fields({}), fields({ a: number }, [])];
    assert.deepEqual(shown(changes([without], withNumber)), []);
    const [finding, ...others] = changes([without, withText], withNumber);
    assert.deepEqual(others, []);
    assert.equal(finding?.rule, 'type-changed');
    assert.match(finding.message, /\(released in state 1\)$/);
  });

  it('is not compared with states before a break that was released', () => {
    const [old, broken] = [fields({ a: text }), fields({ a: number })];
    assert.deepEqual(changes([broken, old], broken), []);
    assert.deepEqual(changes([broken, broken, old, old], fields({ a: number, b: text }, ['a'])), []);
  });

  it('is reported once', () => {
    const [one, other] = [fields({ a: text, b: text }), fields({ a: text, b: text, c: text }, ['a', 'b'])];
    const removed = fields({ a: text, c: text }, ['a']);
    assert.deepEqual(shown(changes([other, one, one], removed)), [
      'error user.created v1 b required-property-removed',
    ]);
  });

  it('passes for a service without a released state', () => {
    assert.deepEqual(compareWithHistory([], contractOf([{}])), []);
  });
});

describe('a consumer of an event', () => {
  const producer = (...events: SomeEvent[]) => ({ name: 'user', contract: contractOf(events) });
  const consumer = (...events: SomeEvent[]) => ({ name: 'mail', contract: contractOf([], events) });
  const findings = (consumed: SomeEvent, ...published: SomeEvent[]) =>
    checkConsumer(consumer(consumed), [producer(...published)]);

  it('accepts events with more fields and stricter values than its schema', () => {
    const published = {
      payload: fields({ id: { type: 'string', format: 'uuid' }, name: text, age: number }),
    };
    assert.deepEqual(
      findings({ payload: fields({ id: text, age: { type: 'number' } }, ['id']) }, published),
      [],
    );
  });

  it('misses a required field, and does not expect a value of another type', () => {
    const found = findings(
      { payload: fields({ id: text, age: number }) },
      { payload: fields({ id: number }) },
    );
    assert.deepEqual(shown(found), [
      'error user.created v1 id type-changed',
      'error user.created v1 age required-property-removed',
    ]);
    assert.match(found[0]?.message ?? '', /^user publishes data that mail does not expect: /);
    assert.deepEqual(found[0]?.consumers, [{ service: 'mail', reads: true }]);
  });

  it('finds nobody who publishes its version, or in its topic', () => {
    const [version] = findings({ version: 1 }, { version: 2 });
    assert.equal(version?.rule, 'event-unpublished');
    assert.match(version.message, /published: user\.created v2 in user\.events by user$/);
    assert.deepEqual(shown(findings({}, { topic: 'accounts' })), [
      'error user.created v1  event-unpublished',
    ]);
  });

  it('is compared with every producer of the event in its topic', () => {
    const [first, second] = [producer({ payload: fields({ id: text }) }), producer({ payload: fields({}) })];
    const producers = [first, { ...second, name: 'legacy' }];
    const found = checkConsumer(consumer({ payload: fields({ id: text }) }), producers);
    assert.deepEqual(shown(found), ['error user.created v1 id required-property-removed']);
    assert.match(found[0]?.message ?? '', /^legacy publishes data that mail does not expect: /);
  });

  it('has no finding about a producer that is unknown', () => {
    assert.deepEqual(findings({ type: 'payment.processed' }, {}), []);
  });

  it('is named with the fields that it reads', () => {
    const line = { type: 'array', items: fields({ price: number }) };
    const services = [
      { name: 'mail', contract: contractOf([], [{ payload: fields({ name: text, lines: line }) }]) },
      { name: 'stock', contract: contractOf([], [{ type: 'user.deleted' }]) },
    ];
    const reads = (path: string) => consumersOf({ subject: 'user.created v1', path }, services);
    for (const path of ['', 'name', 'lines', 'lines[].price'])
      assert.deepEqual(reads(path), [{ service: 'mail', reads: true }], path);
    for (const path of ['age', 'lines[].tax', 'name.first'])
      assert.deepEqual(reads(path), [{ service: 'mail', reads: false }], path);
  });
});

describe('a contract', () => {
  it('is read with the types and versions in its headers, and in any channel', () => {
    const document = {
      asyncapi: '3.0.0',
      channels: { users: { address: 'user.events', messages: { m: { $ref: '#/components/messages/m' } } } },
      operations: {
        all: { action: 'send', channel: { $ref: '#/channels/users' } },
      },
      components: {
        messages: {
          m: {
            headers: { properties: { ce_type: { const: 'user.created' }, ce_eventversion: { const: '3' } } },
            payload: { type: 'object' },
          },
        },
      },
    };
    const { published, consumed } = readContract(JSON.stringify(document));
    assert.deepEqual(consumed, []);
    assert.deepEqual(
      published.map(({ type, version, topic }) => [type, version, topic]),
      [['user.created', 3, 'user.events']],
    );
  });

  it('is refused if it is not AsyncAPI 3, or an event has no type', () => {
    assert.throws(() => readContract('{'), /^ContractError: it is not JSON: /);
    assert.throws(() => readContract('{}'), /it has no "asyncapi" with a version/);
    assert.throws(() => readContract('{ "asyncapi": "2.6.0" }'), /only AsyncAPI 3 can be read/);
    const nameless = {
      asyncapi: '3.0.0',
      operations: { o: { action: 'send', channel: { address: 'x', messages: { m: {} } } } },
    };
    assert.throws(
      () => readContract(JSON.stringify(nameless)),
      /has no event type in its headers or its name/,
    );
  });
});
