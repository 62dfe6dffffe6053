import assert from 'node:assert/strict';
import {
  CloudEventError,
  decodeEvent,
  encodeEvent,
  readIdentity,
  type PublishedEvent,
} from '../../../src/runtime/events/event/cloud-events.ts';
import type { IncomingMessage } from '../../../src/runtime/events/event/message.ts';

const event: PublishedEvent = {
  id: 'e1',
  type: 'user.created',
  version: 2,
  source: 'user-service',
  subject: '7',
  aggregate: 'user',
  time: '2026-01-02T03:04:05.678Z',
  data: '{"name":"Zoë"}',
  correlationId: 'c1',
  causationId: 'e0',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  topic: 'user.events',
};

/** A message as a consumer receives it: everything is bytes. */
const received = (headers: Record<string, string>, value: string | null = '{}'): IncomingMessage => ({
  topic: 'user.events',
  partition: 3,
  offset: '42',
  key: Buffer.from('7'),
  value: value === null ? null : Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
});

describe('encodeEvent', () => {
  it('writes attributes as headers, the data as the value and the subject as the key', () => {
    assert.deepEqual(encodeEvent(event), {
      topic: 'user.events',
      key: '7',
      value: '{"name":"Zoë"}',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: 'e1',
        ce_type: 'user.created',
        ce_source: 'user-service',
        ce_subject: '7',
        ce_time: '2026-01-02T03:04:05.678Z',
        ce_aggregatetype: 'user',
        ce_eventversion: '2',
        ce_correlationid: 'c1',
        ce_causationid: 'e0',
        ce_traceparent: event.traceparent,
        traceparent: event.traceparent,
      },
    });
  });
});

describe('decodeEvent', () => {
  it('reads events that encodeEvent wrote', () => {
    const { headers, value } = encodeEvent(event);
    assert.deepEqual(decodeEvent(received(headers, value.toString())), {
      ...event,
      data: { name: 'Zoë' },
      partition: 3,
      offset: '42',
    });
  });

  it('reads an event of another producer', () => {
    const headers = { ce_specversion: '1.0', ce_id: 'x', ce_type: 'payment.taken', ce_source: '/payments' };
    assert.deepEqual(decodeEvent(received(headers, '1')), {
      id: 'x',
      type: 'payment.taken',
      version: 1,
      source: '/payments',
      subject: '7',
      aggregate: 'payment',
      time: '',
      data: 1,
      correlationId: 'x',
      topic: 'user.events',
      partition: 3,
      offset: '42',
    });
  });

  const base = { ce_id: 'x', ce_type: 'a.b', ce_source: 's' };
  const wrong: [string, IncomingMessage, RegExp][] = [
    [
      'has no id',
      received({ ce_type: 'a.b', ce_source: 's' }),
      /message user\.events\/3@42 has no header ce_id/,
    ],
    [
      'has a version that does not count',
      received({ ...base, ce_eventversion: 'two' }),
      /has the version "two"/,
    ],
    ['has data that is no JSON', received(base, '{'), /has data that is not JSON/],
  ];
  for (const [what, message, expected] of wrong) {
    it(`throws when a message ${what}, and names its place`, () =>
      assert.throws(
        () => decodeEvent(message),
        (error: Error) => error instanceof CloudEventError && expected.test(error.message),
      ));
  }

  it('returns no data if the message has none', () => {
    assert.equal(decodeEvent(received(base, null)).data, undefined);
  });

  describe('in structured mode', () => {
    const attributes = {
      ...{ specversion: '1.0', id: 'e1', type: 'user.created', source: 'user-service', subject: '7' },
      ...{ time: event.time, aggregatetype: 'user', eventversion: 2, correlationid: 'c1', causationid: 'e0' },
      ...{ traceparent: event.traceparent, datacontenttype: 'application/json', nothing: null },
    };
    const structured = (document: unknown, contentType = 'application/cloudevents+json'): IncomingMessage =>
      received(
        { 'content-type': contentType },
        typeof document === 'string' ? document : JSON.stringify(document),
      );
    const same = { ...event, data: { name: 'Zoë' }, partition: 3, offset: '42' };

    for (const contentType of [
      'application/cloudevents+json',
      'application/cloudevents+json; charset=utf-8',
      'Application/CloudEvents+JSON;charset=UTF-8',
    ]) {
      it(`reads ${contentType} as it reads the binary mode`, () =>
        assert.deepEqual(
          decodeEvent(structured({ ...attributes, data: { name: 'Zoë' } }, contentType)),
          same,
        ));
    }

    it('reads data in base64, and no data', () => {
      const base64 = Buffer.from('{"name":"Zoë"}').toString('base64');
      assert.deepEqual(decodeEvent(structured({ ...attributes, data_base64: base64 })), same);
      assert.equal(decodeEvent(structured(attributes)).data, undefined);
      assert.throws(
        () => decodeEvent(structured({ ...attributes, data_base64: 'AAAA' })),
        /has data that is not JSON/,
      );
    });

    it('prefers the attributes of the event to headers that repeat them', () => {
      const message = structured({ ...attributes, data: { name: 'Zoë' } });
      message.headers['ce_id'] = Buffer.from('other');
      assert.deepEqual(decodeEvent(message), same);
      assert.deepEqual(readIdentity(message), { source: 'user-service', id: 'e1' });
    });

    const faults: [string, IncomingMessage, RegExp][] = [
      ['a batch', structured([attributes], 'application/cloudevents-batch+json'), /defines no batches/],
      ['another format', structured('', 'application/cloudevents+avro'), /"application\/cloudevents\+avro"/],
      ['what is not JSON', structured('{'), /its value is not JSON/],
      ['what is not an object', structured([attributes]), /its value is not an object/],
      ['an event without an id', structured({ ...attributes, id: undefined }), /has no attribute id/],
      ['an id with half of a character', structured({ ...attributes, id: 'a\ud800' }), /has the id/],
      ['a subject with NUL', structured({ ...attributes, subject: 'a\0' }), /has the subject/],
    ];
    for (const [what, message, expected] of faults) {
      it(`throws for ${what}, and names the reason`, () =>
        assert.throws(
          () => decodeEvent(message),
          (error: Error) => error instanceof CloudEventError && expected.test(error.message),
        ));
    }
  });
});

describe('readIdentity', () => {
  const of = (id: string, source: string) =>
    readIdentity(received({ ce_id: id, ce_source: source, ce_type: 'a.b' }));

  it('accepts ids that fit into an index entry of PostgreSQL, however many bytes a character has', () => {
    assert.deepEqual(of('i'.repeat(1_000), 's'.repeat(1_000)), {
      id: 'i'.repeat(1_000),
      source: 's'.repeat(1_000),
    });
    assert.equal(of('i'.repeat(1_000), 's'.repeat(1_001)), undefined);
    assert.equal(of('語'.repeat(500), '語'.repeat(500)), undefined);
  });
});
