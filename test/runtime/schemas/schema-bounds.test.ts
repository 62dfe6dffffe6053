import assert from 'node:assert/strict';
import fc from 'fast-check';
import joi from 'joi';
import { defineEvent } from '../../../src/runtime/events/event/definition.ts';
import { apiRouter } from '../../../src/runtime/http/api-router.ts';
import { openApiDocument } from '../../../src/runtime/http/documents/openapi.ts';
import { schemaFault } from '../../../src/runtime/schemas/schema-bounds.ts';

/** Each level contains the one below twice: the schema is small, but its expansion is not. */
function doubling(levels: number): joi.ObjectSchema {
  let schema: joi.ObjectSchema = joi.object({ a: joi.string() });
  for (let level = 0; level < levels; level += 1) schema = joi.object({ a: schema, b: schema });
  return schema;
}

function nested(levels: number): joi.ObjectSchema {
  let schema: joi.Schema = joi.string();
  for (let level = 0; level < levels; level += 1) schema = joi.array().items(schema);
  return joi.object({ list: schema });
}

/** Parts of a schema that shares them at random, and their number when each is expanded. */
const shared = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 });

/** Each part holds the one before it three times. */
const tripling = (levels: number) =>
  Array.from({ length: levels }, (_, level) => Array<number>(3).fill(Math.max(0, level - 1)));

describe('a schema that a service registers', () => {
  const event = (schema: joi.ObjectSchema) =>
    defineEvent({ type: 'note.written', version: 1, topic: 'note.events', aggregate: 'note', schema });

  it('is refused with its name if it is too large or too deep when expanded', () => {
    assert.throws(() => event(doubling(40)), /the schema of note\.written has more than 10000 parts/);
    assert.throws(
      () => event(nested(150)),
      /the schema of note\.written is nested more than 100 levels deep/,
    );
    const routes = apiRouter({ path: '/v1/notes', tag: 'Notes' });
    const add = (part: object) =>
      routes.post('/', { summary: 'Write', responses: {}, ...part }, async () => {});
    assert.throws(
      () => add({ body: doubling(40) }),
      /the body of POST \/v1\/notes has more than 10000 parts/,
    );
    assert.throws(() => add({ query: nested(150) }), /the query of POST \/v1\/notes is nested/);
    assert.throws(
      () => add({ responses: { 201: doubling(40) } }),
      /the 201 response of POST \/v1\/notes has/,
    );
  });

  it('is accepted if it is ordinary or refers to itself', () => {
    const tree = joi
      .object({ name: joi.string(), children: joi.array().items(joi.link('#tree')) })
      .id('tree');
    assert.equal(event(tree).schema, tree);
    assert.equal(event(doubling(8)).version, 1);
    const routes = apiRouter({ path: '/v1/notes', tag: 'Notes' });
    routes.post('/', { summary: 'Write', body: tree, responses: { 201: tree } }, async () => {});
    const { operations } = routes;
    const info = { title: 'notes', version: '1' };
    assert.ok(openApiDocument({ info, operations, bodyLimit: 1, isProtected: false }));
  });

  it('is measured as expanded, in time proportional to its distinct parts', () => {
    fc.assert(
      fc.property(shared, (graph) => {
        const parts: { schema: joi.Schema; size: number }[] = [];
        for (const holds of graph) {
          const held = holds.flatMap((index) => parts[index % Math.max(1, parts.length)] ?? []);
          const keys = held.map(({ schema }, at): [string, joi.Schema] => [`k${at}`, schema]);
          const size = held.reduce((sum, part) => sum + part.size, 1);
          parts.push({ schema: joi.object(Object.fromEntries(keys)), size });
        }
        const { schema, size = 0 } = parts.at(-1) ?? {};
        assert.ok(schema);
        assert.equal(schemaFault(schema) !== undefined, size > 10_000, String(size));
      }),
      { examples: [[tripling(8)], [tripling(9)], [tripling(12)]] },
    );
  });
});
