import assert from 'node:assert/strict';
import { mermaidText } from '../../../src/devkit/workspace/map/mermaid.ts';
import { hasMap, withMap } from '../../../src/devkit/workspace/map/readme.ts';
import { svgText } from '../../../src/devkit/workspace/map/svg.ts';
import { type MappedService, systemMap } from '../../../src/devkit/workspace/map/system-map.ts';
import { contractOf, type SomeEvent } from '../contracts/some-contract.ts';

const service = (
  name: string,
  published: SomeEvent[],
  consumed: SomeEvent[] = [],
  more: Partial<MappedService> = {},
): MappedService => ({
  name,
  contract: contractOf(published, consumed),
  clients: [],
  sagas: [],
  projections: [],
  ...more,
});

const order = { type: 'order.created', topic: 'order.events' };
const shop = [
  service('mail-service', [], [{ version: 2 }, order]),
  service('order-service', [order], [], { database: 'order_db', sagas: ['place-order'] }),
  service('user-service', [{ version: 2 }, {}, { type: 'user.deleted' }]),
];

describe('the map of a workspace', () => {
  it('has each event with its versions, its publishers and its consumers', () => {
    assert.deepEqual(systemMap(shop).events, [
      { ...order, versions: [1], publishedBy: ['order-service'], consumedBy: ['mail-service'] },
      {
        type: 'user.created',
        topic: 'user.events',
        versions: [1, 2],
        publishedBy: ['user-service'],
        consumedBy: ['mail-service'],
      },
      {
        type: 'user.deleted',
        topic: 'user.events',
        versions: [1],
        publishedBy: ['user-service'],
        consumedBy: [],
      },
    ]);
    assert.deepEqual(systemMap(shop).topics, ['order.events', 'user.events']);
  });

  it('names events without a publisher or a consumer, and calls from service to service', () => {
    const problemsOf = (services: MappedService[]) => systemMap(services).problems.map(({ text }) => text);
    assert.deepEqual(problemsOf([service('mail-service', [], [order])]), [
      'No service publishes order.created in order.events, which mail-service consumes.',
    ]);
    assert.deepEqual(problemsOf(shop), ['No service consumes user.deleted of user-service.']);
    assert.deepEqual(problemsOf([service('user-service', [{ type: 'user.snapshot' }])]), [], 'of republish');
    const client = (url: string) =>
      problemsOf([
        service('tax-service', [], [], { port: '8003' }),
        service('bill-service', [], [], { port: '8004', clients: [{ name: 'tax', url }] }),
      ]);
    for (const url of ['http://localhost:8003', 'http://tax-service:8000/v1', 'http://tax-service.shop.svc'])
      assert.deepEqual(client(url), [
        `bill-service calls tax-service over HTTP (client tax, ${url}). Consume its events instead.`,
      ]);
    for (const url of ['https://api.example.com', 'http://localhost:9000', 'not a URL'])
      assert.deepEqual(client(url), []);
  });

  it('is a flow chart of Mermaid, whose texts cannot end a label', () => {
    const chart = mermaidText(systemMap([...shop, service('odd"]<b>', [])]));
    assert.equal(
      chart,
      [
        'flowchart LR',
        '  n0["mail-service"]',
        '  n1["order-service<br>database order_db<br>saga place-order"]',
        '  n2["user-service"]',
        '  n3["odd#34;]#60;b#62;"]',
        '  n4(["order.events"])',
        '  n5(["user.events"])',
        '  n4 -- "order.created" --> n0',
        '  n1 -- "order.created" --> n4',
        '  n5 -- "user.created v1 v2" --> n0',
        '  n2 -- "user.created v1 v2, user.deleted" --> n5',
      ].join('\n'),
    );
  });

  it('is a picture with a line from each service to its topics, whose texts cannot end an element', () => {
    const picture = svgText(systemMap([...shop, service('odd<b>&', [], [], { clients: [{ name: 'tax' }] })]));
    const texts = [...picture.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    for (const text of ['order_db', 'saga place-order', 'user.events', 'tax API', 'odd&lt;b&gt;&amp;'])
      assert.ok(texts.includes(text), text);
    assert.ok(texts.includes('user.created v1 v2, deleted'));
    assert.ok(texts.includes('No service consumes user.deleted of user-service.'));
    assert.equal(picture.match(/<path /g)?.length, 2); // mail-service consumes from two topics
    assert.equal(picture.match(/<circle [^>]*r="5"/g)?.length, 3); // two publishers, and a call
  });

  it('omits the names of events if there are many services', () => {
    const many = Array.from({ length: 13 }, (_, index) => service(`s${index}`, [{ topic: `t${index}` }]));
    assert.match(mermaidText(systemMap(many)), /^ {2}n0 --> n13$/m);
  });

  it('replaces the one between the markers of the README, and changes no other text', () => {
    const map = systemMap(shop);
    const first = withMap('# Shop\n\nText.\n', map);
    assert.match(first, /^# Shop\n\nText\.\n\n## Map\n\n<!-- map:start -->\n\n```mermaid\nflowchart LR\n/);
    assert.equal(hasMap('# Shop\n'), false);
    assert.equal(withMap(first, map), first);
    const after = withMap(`${first}\nMore.\n`, systemMap(shop.slice(1)));
    assert.doesNotMatch(after, /mail-service/);
    assert.match(after, /<!-- map:end -->\n\nMore\.\n$/);
  });
});
