import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerAll } from '../../generators/questions/answers.ts';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { publishedEvents } from '../../generators/service/contracts/contract-files.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { questions } from '../../generators/service/questions.ts';
import { UsageError } from '../../generators/core/usage-error.ts';
import { parsed } from './support/shape.ts';

/** One event of a contract. */
interface Said {
  type: string;
  aggregate?: string;
  topic?: string;
  properties?: readonly string[];
}

function contractOf(events: Said[]) {
  const channels = events.map(({ type, aggregate, topic = 'x.events', properties = ['email'] }, index) => {
    const schemas = Object.fromEntries(properties.map((name) => [name, { type: 'string' }]));
    const message = {
      name: type,
      payload: { type: 'object', properties: schemas },
      ...(aggregate !== undefined && { 'x-aggregate': aggregate }),
    };
    return [`c${index}`, { address: topic, messages: { fact: message } }] as const;
  });
  const operations = channels.map(([name]) => [
    `o${name}`,
    { action: 'send', channel: { $ref: `#/channels/${name}` } },
  ]);
  return {
    asyncapi: '3.0.0',
    info: { title: 'x-service', version: '1.0.0' },
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
  };
}

/** The answers of a run that consumes every event, and owns `resources`: names to fields. */
async function answersTo(events: Said[], resources: Record<string, string> = {}): Promise<ServiceAnswers> {
  const published = publishedEvents(contractOf(events), 'x/asyncapi.json');
  const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => published };
  const flags = [
    { flag: 'name', value: 'shop' },
    ...Object.entries(resources).flatMap(([name, fields]) => [
      { flag: 'resource', value: name },
      { flag: 'fields', value: fields },
    ]),
    ...(published.length > 0
      ? [{ flag: 'consumes', value: published.map(({ type }) => type).join(' ') }]
      : []),
  ];
  return answerAll(questions, context, { flags, yes: true });
}

const refusal = async (events: Said[], resources: Record<string, string> = {}): Promise<string> => {
  const error: unknown = await answersTo(events, resources).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof UsageError, `not refused: ${String(error)}`);
  assert.doesNotMatch(error.message, /\n/);
  return error.message;
};

function assertDifferent(names: string[], where: string): void {
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted(), where);
}

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);

interface Declaration {
  id?: { name: string };
  declarations?: { id: { name?: string } }[];
  declaration?: Declaration;
  specifiers?: { local?: { name: string } }[];
}

/** The declarations and imports of a module. A duplicate interface would be merged into one. */
const declared = ({ id, declarations = [], declaration, specifiers = [] }: Declaration): string[] => [
  ...[id, ...declarations.map((each) => each.id), ...specifiers.map(({ local }) => local)].flatMap((each) =>
    each?.name === undefined ? [] : [each.name],
  ),
  ...(declaration ? declared(declaration) : []),
];

/** Every relation that the migrations of Knex create, as PostgreSQL names it: it truncates a name to 63 bytes. */
function relations(migration: string): string[] {
  const [table = ''] = found(migration, /createTable\('(\w+)'/g);
  if (table === '') return [];
  const named = (kind: string) =>
    found(migration, new RegExp(`table\\.\\w+\\('(\\w+)'[^;]*\\.${kind}\\(\\)`, 'g')).map(
      (column) => `${table}_${column}_${kind}`,
    );
  const own = found(migration, /table\.index\(\[(.*?)\]\)/g).map(
    (columns) => `${table}_${columns.replaceAll(/[' ]/g, '').replaceAll(',', '_')}_index`,
  );
  return [table, `${table}_pkey`, ...own, ...named('unique'), ...named('index')].map((name) =>
    name.slice(0, 63),
  );
}

/** Asserts that the output declares no name twice in one scope. */
async function assertNoNameTwice(answers: ServiceAnswers): Promise<void> {
  const files = await serviceFiles(answers, undefined, (_, text) => text);
  const created: string[] = [];
  for (const [file, text] of files) {
    if (!file.endsWith('.ts')) continue;
    const body = parsed(file, text).program['body'] as Declaration[];
    assertDifferent(body.flatMap(declared), file);
    if (!file.startsWith('migrations/')) continue;
    created.push(...relations(text));
    const columns = found(text, /table\.\w+\('(\w+)'/g);
    assert.ok(columns.length < 1_600, file);
    assertDifferent(
      columns.map((name) => name.slice(0, 63)),
      file,
    );
  }
  assertDifferent(created, 'relations');
  const code = [...files].filter(([file]) => file.startsWith('src/')).map(([, text]) => text);
  assertDifferent(
    code.flatMap((text) => found(text, /path: '(\/v1\/[^']*)'/g)),
    'routes',
  );
  const topics = answers.resources.map(({ name }) => `${name}.events`);
  const heard = [...new Set(answers.consumes.map(({ topic }) => topic))];
  assertDifferent(
    [...topics, ...heard].map((topic) => topic.replaceAll('.', '_')),
    'topics',
  );
}

const word = fc.constantFrom('user', 'created', 'copy', 'data', 'page', 'new', 'row', 'x', 'x1', '1x');
const joined = (by: string[]) =>
  fc.array(fc.tuple(word, fc.constantFrom(...by)), { minLength: 2, maxLength: 3 }).map((parts) =>
    parts
      .map(([text, sign]) => text + sign)
      .join('')
      .slice(0, -1),
  );
const properties = fc.constantFrom(
  ['email'],
  ['age'],
  ['email', 'age'],
  [],
  ['emailAddress', 'emailaddress'],
);
const event: fc.Arbitrary<Said> = fc.record(
  {
    type: joined(['.', '-', '_']),
    aggregate: fc.oneof(word, joined(['-'])),
    topic: fc.constantFrom('x.events', 'x_events', 'user.events', 'user_events'),
    properties,
  },
  { requiredKeys: ['type', 'properties'] },
);
const longNames = fc
  .array(fc.constantFrom('A', 'B', 'Length', 'CustomerBillingAddress'), { minLength: 1, maxLength: 3 })
  .map((parts) => `the${parts.join('')}`.slice(0, 40));
const fields = fc
  .uniqueArray(longNames, { minLength: 1, maxLength: 4 })
  .map((names) => names.map((name, index) => `${name}:string:${index % 2 ? 'index' : 'unique'}`).join(' '));
const resource = fc.oneof(
  word,
  joined(['-']),
  fc.constantFrom('customer-billing-address-of-a-certain-order'),
);

describe('a name of a contract or of a resource', () => {
  it('is refused in one line, or collides with no other name in the code', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 4 }),
        fc.dictionary(resource, fields, { maxKeys: 2 }),
        async (events, resources) => {
          const answers = await answersTo(events, resources).catch((error: unknown) => {
            if (error instanceof UsageError && !error.message.includes('\n')) return undefined;
            throw error;
          });
          if (answers) await assertNoNameTwice(answers);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is refused if the data of two events would have the same name', async () => {
    const said = await refusal([
      { type: 'x.first', aggregate: 'user-created' },
      { type: 'user.created', aggregate: 'user-created', properties: ['age'] },
    ]);
    assert.match(said, /"userCreatedData"/);
    assert.match(said, /"user-created"/);
    assert.match(said, /"user\.created"/);
    assert.match(said, /--consumes/);
  });

  it('is refused if Kafka treats two topics as one, or if a topic would have two owners', async () => {
    const said = await refusal([
      { type: 'x.first', topic: 'x_y.events' },
      { type: 'z.first', topic: 'x.y.events' },
    ]);
    assert.match(said, /"x_y\.events".*"x\.y\.events".*Kafka/);
    const own = await refusal([{ type: 'x.first', topic: 'user.events' }], { user: 'email:string' });
    assert.match(own, /"user\.events".*"user"/);
  });

  it('is refused if PostgreSQL would truncate two index names to the same name, or a column name', async () => {
    const stem = 'theCustomerBillingAddressOfThe';
    const said = await refusal([], {
      'customer-billing-address-of-an-order': `${stem}A:string:unique ${stem}B:string:unique`,
    });
    assert.match(said, /"theCustomerBillingAddressOfTheA".*"theCustomerBillingAddressOfTheB".*63/);
    assert.match(await refusal([], { user: `a${'A'.repeat(39)}:string` }), /63/);
  });
});

describe('a table', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);

  it('is refused if its rows may not fit into a page of PostgreSQL', async () => {
    const copied = await refusal([{ type: 'user.created', properties: names(1_700) }]);
    assert.match(copied, /"user".*1,?702.*"user\.created"|"user".*1,?702/);
    assert.match(copied, /--consumes/);
    const two = names(200);
    const merged = await refusal([
      { type: 'user.created', properties: two },
      { type: 'user.changed', properties: two.map((name) => `q${name}`) },
    ]);
    assert.match(merged, /402/);
    const owned = await refusal([], {
      user: names(400)
        .map((name) => `${name}:integer`)
        .join(' '),
    });
    assert.match(owned, /"user".*403/);
  });

  it('is accepted with 300 columns', async () => {
    const { consumes } = await answersTo([{ type: 'user.created', properties: names(298) }]);
    assert.equal(consumes[0]?.fields.length, 298);
  });
});
