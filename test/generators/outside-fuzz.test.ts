import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerAll } from '../../generators/questions/answers.ts';
import type { GivenFlag } from '../../generators/questions/question.ts';
import type { Field, ServiceAnswers } from '../../generators/service/model/answers.ts';
import { publishedEvents } from '../../generators/service/contracts/contract-files.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { fieldNameFault } from '../../generators/service/model/name-rules.ts';
import { columnName, resourceNames } from '../../generators/service/model/names.ts';
import { textKind } from '../../generators/service/fields/sample-texts.ts';
import { questions } from '../../generators/service/questions.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import { UsageError } from '../../generators/core/usage-error.ts';
import { workspaceFiles } from '../../generators/workspace/files.ts';
import { questions as workspaceQuestions } from '../../generators/workspace/questions.ts';
import { contractOf } from './support/contract.ts';
import { hostile, hostileJson } from './support/hostile.ts';
import { documents, firstParagraph, literalsOf, parsed, shapeOf } from './support/shape.ts';

/** Every text that a run takes from outside. */
const honest = {
  title: 'user-service' as unknown,
  type: 'user.created' as unknown,
  topic: 'user.events' as unknown,
  aggregate: 'user' as unknown,
  version: 1 as unknown,
  property: 'email',
  enumeration: 'red' as unknown,
  note: 'a note' as unknown,
  name: 'shop',
  description: 'The shop service',
  resource: 'order',
  field: 'label',
};
type Texts = typeof honest;

const file = 'elsewhere/asyncapi.json';
const asRendered = (_: string, text: string) => text;

function contractSaying({ title, type, topic, aggregate, version, property, enumeration, note }: Texts) {
  const properties = Object.fromEntries([
    ['kept', { type: 'string', description: note }],
    [property, { type: 'string', enum: [enumeration], title: note }],
  ]);
  const payload = { type: 'object', properties, required: [property], description: note };
  return contractOf({ title, name: type, topic, aggregate, version, payload });
}

/** The answers of a run with these texts in flags and in a contract. */
async function answersTo(texts: Texts): Promise<ServiceAnswers> {
  const { name, description, resource, field } = texts;
  const published = publishedEvents(contractSaying(texts), file);
  const context = { siblings: [], contractFiles: [file], notes: [], publishedEvents: async () => published };
  const consumed = published.map(({ type, version }) => `${type}.v${version}`);
  const flags: GivenFlag[] = Object.entries({
    name,
    description,
    resource,
    consumes: consumed.join(' '),
  }).map(([flag, value]) => ({ flag, value }));
  // A word after another one is unique, optional, secret: the names of fields go everywhere.
  const fields = ['string:unique:secret', 'string:unique', 'json:optional', 'timestamp', 'uuid:secret'];
  const typed = fields.map((rest, index) => `${field}${index === 0 ? '' : index}:${rest}`).join(' ');
  flags.splice(3, 0, { flag: 'fields', value: typed });
  return answerAll(questions, context, { flags, yes: true });
}

/** The rows of a text such as a status share one sample, so that its ordinary name is a status too. */
function plainName({ name, type }: Field, index: number): string {
  const isText = type === 'string' || type === 'text';
  return `plain${index}${isText && textKind(columnName(name), '').isShared ? 'Status' : ''}`;
}

/** The same answers with ordinary texts: equally many events and fields of the same kinds. */
function inHonestWords(answers: ServiceAnswers): ServiceAnswers {
  const renamed = <T extends Field>(fields: T[]) =>
    fields.map((field, index) => ({ ...field, name: plainName(field, index) }));
  return {
    ...answers,
    name: honest.name,
    description: honest.description,
    resources: answers.resources.map(({ fields }) => ({ name: honest.resource, fields: renamed(fields) })),
    consumes: answers.consumes.map((event) => {
      const required = event.schema['required'];
      const names = Array.isArray(required) ? required : [];
      return {
        ...event,
        type: `user.${/\.(created|deleted)$/.exec(event.type)?.[1] ?? 'changed'}`,
        topic: 'user.events',
        aggregate: 'user',
        from: 'user-service',
        version: 1,
        fields: renamed(event.fields),
        schema: {
          required: event.fields.flatMap((field, index) =>
            names.includes(field.name) ? [plainName(field, index)] : [],
          ),
        },
      };
    }),
  };
}

const honestShapes = new Map<string, Promise<Map<string, string>>>();

function honestShapesOf(answers: ServiceAnswers): Promise<Map<string, string>> {
  const same = inHonestWords(answers);
  const key = JSON.stringify(same);
  const known =
    honestShapes.get(key) ?? serviceFiles(same, undefined, asRendered).then((files) => shapesOf(files, same));
  honestShapes.set(key, known);
  return known;
}

/** Path to shape; a path holds the names of resources and aggregates, by which migrations are numbered: here `<0>`, `<1>`. */
function shapesOf(files: Map<string, string>, { resources, consumes }: ServiceAnswers): Map<string, string> {
  const names = [
    ...consumes.map(({ aggregate }) => `${aggregate}-copy`),
    ...resources.map(({ name }) => name),
  ];
  const neutral = (path: string) =>
    names.map(resourceNames).reduce((text, { kebab, table }, index) => {
      const inPath = new RegExp(`(?<=/)(new-)?${kebab}(?=[-.](?!copy))`);
      return text
        .replace(inPath, `$1<${index}>`)
        .replace(new RegExp(`\\d+_create_${table}\\.ts`), `create_<${index}>.ts`);
    }, path);
  return new Map([...files].map(([path, text]) => [neutral(path), shapeOf(path, text)]));
}

/** Asserts that the output for these answers parses, does nothing that ordinary output does not do, and can be read back. */
async function assertHarmless(answers: ServiceAnswers): Promise<void> {
  const files = await serviceFiles(answers, undefined, asRendered);
  const read = (path: string) => files.get(path) ?? assert.fail(`${path} is not written`);
  const [shapes, expected] = [shapesOf(files, answers), await honestShapesOf(answers)];
  assert.deepEqual([...shapes.keys()].toSorted(), [...expected.keys()].toSorted());
  for (const [path, shape] of shapes) assert.equal(shape, expected.get(path), path);
  assertDescribed(answers.description, read);
  for (const name of ['asyncapi.json', 'package.json'])
    assert.ok(read(name).includes(JSON.stringify(`${answers.name}-service`)), name);
  assert.equal(
    (documents(read('docker-compose.yml'))[0] as { name: string }).name,
    `${answers.name}-service`,
  );
  for (const { aggregate, type, topic, version, from } of answers.consumes) {
    const path = `src/events/${aggregate}-copy-events.ts`;
    const events = parsed(path, read(path));
    const said = ['topic', 'aggregate', 'type', 'version'].map((name) => literalsOf(events, name));
    assert.deepEqual(said, [[topic], [aggregate], [type], [version]]);
    assert.ok(read(path).includes(` ${from} `));
  }
}

function assertDescribed(description: string, read: (path: string) => string): void {
  assert.deepEqual(literalsOf(parsed('src/app.ts', read('src/app.ts')), 'description'), [description]);
  const { description: packaged } = JSON.parse(read('package.json')) as { description: string };
  const { info } = JSON.parse(read('asyncapi.json')) as { info: { description: string } };
  assert.deepEqual([packaged, info.description], [description, description]);
  assert.equal(firstParagraph(read('README.md')), description.replaceAll(/ +/g, ' ').trim());
}

/** Resolves like `run`; undefined if the command refuses the input in one line. */
async function refusedOr<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
    assert.ok(error.message.length < 800, `${error.message.length} characters`);
    return undefined;
  }
}

const keys = Object.keys(honest) as (keyof Texts)[];
const notTexts = new Set<keyof Texts>([
  'title',
  'type',
  'topic',
  'aggregate',
  'version',
  'enumeration',
  'note',
]);
const oneHostile = fc
  .constantFrom(...keys)
  .chain(
    (key) => fc.record({ [key]: notTexts.has(key) ? hostileJson : hostile }) as fc.Arbitrary<Partial<Texts>>,
  );

/** Tried in each run: texts that end a string, a placeholder, a comment, a tag, a scalar or a line of Markdown. */
const worst = [
  `a<b>&'c`,
  "'; evil(); '",
  '"; evil(); "',
  'a\\',
  '`${evil()}`',
  '*/ evil(); /*',
  '# x',
  ': x',
  '```',
  '<!-- x',
];

describe('a text from outside', () => {
  it('is refused in one line, or appears as literal text in every file', async () => {
    await fc.assert(
      fc.asyncProperty(oneHostile, async (said) => {
        const answers = await refusedOr(() => answersTo({ ...honest, ...said }));
        if (answers) await assertHarmless(answers);
      }),
      { numRuns: 60, examples: [[{ name: 'e0' }], [{ type: 'a.a' }], [{ property: 'status' }]] },
    );
  });

  it('as a description appears as literal text in every file', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (description) => {
        const answers = await refusedOr(() => answersTo({ ...honest, description }));
        if (answers) await assertHarmless(answers);
      }),
      { numRuns: 20, examples: worst.map((description): [string] => [description]) },
    );
  });

  it('is accepted if a rule allows it', async () => {
    const { consumes, resources } = await answersTo({
      ...honest,
      title: 'User_Service.2',
      type: 'user.signed_up-x',
      topic: '.A_b-',
      property: 'yes',
      enumeration: '*/',
      note: '*/',
      field: 'status',
    });
    assert.equal(consumes[0]?.from, 'User_Service.2');
    assert.ok(consumes[0].fields.some(({ name }) => name === 'yes'));
    assert.equal(fieldNameFault('status'), undefined);
    assert.equal(resources[0]?.fields[0]?.name, 'status');
  });
});

/** Returns the JSON with another value at position `at`. */
function withValueAt(json: unknown, at: number, value: unknown): unknown {
  let left = at;
  const visit = (each: unknown): unknown => {
    left -= 1;
    if (left === -1) return value;
    if (Array.isArray(each)) return each.map(visit);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, member]) => [key, visit(member)]));
  };
  return visit(json);
}

describe('.yo-rc.json', () => {
  it('with one changed value is refused in one line, or the value appears as literal text in every file', async () => {
    const stored = JSON.parse(JSON.stringify(toStored(await answersTo(honest)))) as Record<string, unknown>;
    const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => [] };
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 32 }), hostileJson, async (at, value) => {
        const changed = withValueAt(stored, at, value) as Record<string, unknown>;
        const answers = await refusedOr(() =>
          answerAll(questions, context, { flags: [], yes: true, stored: fromStored(changed) }),
        );
        if (answers) await assertHarmless(answers);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a workspace', () => {
  it('is refused in one line, or shows the text unchanged', async () => {
    const shapes = async (name: string, description: string) => {
      const files = await workspaceFiles({ name, description }, asRendered);
      return new Map([...files].map(([path, text]) => [path, shapeOf(path, text)]));
    };
    const expected = await shapes('shop', 'The services of shop');
    await fc.assert(
      fc.asyncProperty(hostile, fc.boolean(), async (text, asName) => {
        const given = asName ? { name: text } : { name: 'shop', description: text };
        const flags = Object.entries(given).map(([flag, value]) => ({ flag, value }));
        const answers = await refusedOr(() => answerAll(workspaceQuestions, undefined, { flags, yes: true }));
        if (!answers) return;
        assert.deepEqual(await shapes(answers.name, answers.description), expected);
        const files = await workspaceFiles(answers, asRendered);
        assert.equal(
          firstParagraph(files.get('README.md') ?? ''),
          answers.description.replaceAll(/ +/g, ' '),
        );
        const { description } = JSON.parse(files.get('package.json') ?? '') as { description: string };
        assert.equal(description, answers.description);
      }),
      { numRuns: 20 },
    );
  });
});
