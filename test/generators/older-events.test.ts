import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { addEvents } from '../../generators/service/consumes-question.ts';
import { stateOf } from '../../generators/service/contracts/async-api.ts';
import { fieldsOfSchema } from '../../generators/service/contracts/schema-fields.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import type { ConsumedEvent } from '../../generators/service/model/answers.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import type { EventDefinition } from '../../src/runtime/events/event/definition.ts';
import { acceptData } from '../../src/runtime/events/event/data.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { newFolder, removeFolders } from './support/command.ts';

const samples = {
  text: 'a',
  'string(5)': '',
  integer: 7,
  boolean: true,
  date: '2026-01-01',
  uuid: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
  json: { a: 1 },
  'enum(a|b)': 'b',
} as const;

interface Given {
  type: keyof typeof samples;
  /** Whether the data can have null, and whether it can lack the field. */
  form: 'required' | 'nullable' | 'absent';
}
/** The fields of each version, by their names, from version 1. */
type Versions = Record<string, Given>[];

const field: fc.Arbitrary<Given> = fc.record({
  type: fc.constantFrom(...(Object.keys(samples) as Given['type'][])),
  form: fc.constantFrom('required', 'nullable', 'absent'),
});
const versions: fc.Arbitrary<Versions> = fc.array(
  fc.dictionary(fc.constantFrom('note', 'size', 'code'), field, { noNullPrototype: true }),
  { minLength: 2, maxLength: 4 },
);

const eventsOf = (given: Versions): ConsumedEvent[] =>
  given.map((fields, index) => {
    const properties = Object.entries(fields).map(([name, { type, form }]) => {
      const [stated] = parseFields(`${name}:${type}${form === 'nullable' ? ':optional' : ''}`);
      assert.ok(stated);
      return [name, stateOf(stated)] as const;
    });
    const required = Object.entries(fields).flatMap(([name, { form }]) => (form === 'absent' ? [] : [name]));
    const schema = { type: 'object', properties: Object.fromEntries(properties), required };
    const stream = { topic: 'order.events', aggregate: 'order', from: 'order-service' };
    const type = 'order.created';
    return { ...stream, type, version: index + 1, schema, fields: fieldsOfSchema(schema) };
  });

/** The data of a version: complete, and with each field null or absent that can be. */
const dataOf = (fields: Versions[number]): Record<string, unknown>[] => {
  const full = Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, samples[type]]));
  const least = Object.entries(fields).flatMap(([name, { type, form }]) =>
    form === 'absent' ? [] : [[name, form === 'nullable' ? null : samples[type]] as const],
  );
  return [full, Object.fromEntries(least)];
};

/** Consumes version `earlier` first, and then the newest one; each run remembers what `.yo-rc.json` can hold. */
function consumed(published: ConsumedEvent[], earlier: number, by?: 'handler'): ConsumedEvent[] {
  const runs = [published[earlier], published.at(-1)];
  return runs.reduce<ConsumedEvent[]>((before, event) => {
    assert.ok(event);
    const consumes = addEvents(before, [{ ...event, ...(by && { by }) }], published);
    return fromStored(JSON.parse(JSON.stringify(toStored(serviceAnswers({ consumes }))))).consumes ?? [];
  }, []);
}

describe('a consumer of an event with older versions', () => {
  let count = 0;
  let folder: string;
  before(async () => {
    folder = await newFolder();
    await mkdir(folder, { recursive: true });
  });
  after(removeFolders);

  async function definitionOf(consumes: ConsumedEvent[]): Promise<EventDefinition<Record<string, unknown>>> {
    const files = await serviceFiles(serviceAnswers({ consumes }));
    const [, source = ''] =
      [...files].find(([file]) => /^src\/events\/order\S*-events\.ts$/.test(file)) ?? [];
    const runtime = pathToFileURL(path.resolve('src/runtime/index.ts')).href;
    const text = source
      .replace("'microservice-runtime'", `'${runtime}'`)
      .replace("'joi'", `'${import.meta.resolve('joi')}'`);
    const file = path.join(folder, `events-${(count += 1)}.ts`);
    await writeFile(file, text);
    const module = (await import(pathToFileURL(file).href)) as {
      orderCreated: EventDefinition<Record<string, unknown>>;
    };
    return module.orderCreated;
  }

  it('accepts the data of every version, and keeps the fields that all versions since then have', async () => {
    const given = versions.chain((each) => fc.tuple(fc.constant(each), fc.nat({ max: each.length - 1 })));
    await fc.assert(
      fc.asyncProperty(given, fc.constantFrom(undefined, 'handler' as const), async ([all, earlier], by) => {
        const definition = await definitionOf(consumed(eventsOf(all), earlier, by));
        for (const [index, fields] of all.entries())
          for (const data of dataOf(fields)) {
            const accepted = acceptData(definition, index + 1, data);
            for (const [name, { type }] of Object.entries(fields))
              if (all.slice(index).every((later) => later[name]?.type === type))
                assert.deepEqual(accepted[name], data[name], `${name} of version ${index + 1}`);
          }
      }),
      { numRuns: 25 },
    );
  });

  it('still accepts what it knew of a version that the contract no longer has', async () => {
    const all: Versions = [
      { note: { type: 'text', form: 'nullable' } },
      { note: { type: 'text', form: 'nullable' }, size: { type: 'integer', form: 'required' } },
      { note: { type: 'text', form: 'required' }, size: { type: 'integer', form: 'required' } },
    ];
    const published = eventsOf(all);
    const first = addEvents([], published.slice(1, 2), published);
    const again = addEvents(first, published.slice(2), published.slice(2));
    const definition = await definitionOf(again);
    assert.equal(acceptData(definition, 1, { note: null })['note'], null);
    assert.deepEqual(acceptData(definition, 2, { note: null, size: 1 }), { note: null, size: 1 });
  });
});
