import fc from 'fast-check';

/** The keywords that joi writes. */
export interface SomeSchema {
  type?: string | string[];
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: SomeSchema;
  properties?: Record<string, SomeSchema>;
  required?: string[];
  anyOf?: SomeSchema[];
}

const values = ['a', 'b', 'c', 'd'];
const names = ['id', 'name', 'age', 'lines'];

const leaf: fc.Arbitrary<SomeSchema> = fc.oneof(
  fc.record(
    {
      type: fc.constant('string'),
      minLength: fc.integer({ min: 0, max: 2 }),
      maxLength: fc.integer({ min: 2, max: 5 }),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constantFrom<string | string[]>('integer', ['integer', 'null'], 'number'),
      minimum: fc.integer({ min: -3, max: 0 }),
      maximum: fc.integer({ min: 0, max: 3 }),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record({ enum: fc.subarray(values, { minLength: 1 }) }),
  fc.constant<SomeSchema>({ type: 'boolean' }),
  fc.constant<SomeSchema>({ anyOf: [{ type: 'string', minLength: 1 }, { type: 'boolean' }] }),
);

const { schema } = fc.letrec<{ schema: SomeSchema; object: SomeSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2 },
    leaf,
    tie('object'),
    fc.record(
      {
        type: fc.constant('array'),
        items: tie('schema'),
        minItems: fc.constant(1),
        maxItems: fc.constant(2),
      },
      { requiredKeys: ['type', 'items'] },
    ),
  ),
  object: fc
    .tuple(fc.dictionary(fc.constantFrom(...names), tie('schema'), { maxKeys: 3 }), fc.subarray(names))
    .map(([properties, wanted]) => ({
      type: 'object',
      properties,
      required: wanted.filter((name) => Object.hasOwn(properties, name)),
    })),
}));

export const anySchema = schema;

/** Data that the schema accepts, with no other fields than it names. */
export function anyData(of: SomeSchema): fc.Arbitrary<unknown> {
  const { type, anyOf, enum: listed, items, properties = {}, required = [] } = of;
  if (anyOf) return fc.oneof(...anyOf.map(anyData));
  if (listed) return fc.constantFrom(...listed);
  const { minimum = -5, maximum = 5, minLength = 0, maxLength = 6, minItems = 0, maxItems = 3 } = of;
  switch (type) {
    case 'string':
      return fc
        .string({ unit: fc.constantFrom(...values, ''), minLength, maxLength })
        .filter((text) => text.length >= minLength && text.length <= maxLength);
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(anyData(items ?? {}), { minLength: minItems, maxLength: Math.max(minItems, maxItems) });
    case 'object': {
      const fields = Object.entries(properties).map(([name, each]) => [name, anyData(each)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: required });
    }
    default:
      return Array.isArray(type)
        ? fc.oneof(...type.map((each) => anyData({ ...of, type: each })))
        : fc.constant(null);
  }
}

/** Returns a copy with `count` changes; `choices` are arbitrary numbers that select them. */
export function changed(of: SomeSchema, choices: readonly number[], count: number): SomeSchema {
  const copy = structuredClone(of);
  const queue = [...choices];
  for (let left = count; left > 0; left -= 1) change(copy, queue);
  return copy;
}

function change(at: SomeSchema, queue: number[]): void {
  const inner = [...Object.values(at.properties ?? {}), ...(at.items ? [at.items] : [])];
  const next = queue.shift() ?? 0;
  const nested = inner[next % (inner.length + 1)];
  if (nested) return change(nested, queue);
  const changes = changesOf(at);
  changes[(queue.shift() ?? 0) % changes.length]?.();
}

/** The changes that are possible at a place. */
function changesOf(at: SomeSchema): (() => void)[] {
  const { type, enum: listed, properties } = at;
  if (listed)
    return [
      () => void (at.enum = values),
      () => void (at.enum = listed.slice(0, 1)),
      () => void (at.enum = [...new Set([...listed, 'd'])]),
    ];
  if (type === 'string')
    return [
      () => void (at.maxLength = 5),
      () => void delete at.maxLength,
      () => void (at.minLength = 1),
      () => void delete at.minLength,
      () => void (at.type = ['string', 'null']),
    ];
  if (type === 'integer' || type === 'number')
    return [
      () => void (at.maximum = 2),
      () => void delete at.minimum,
      () => void (at.type = type === 'integer' ? 'number' : 'integer'),
    ];
  if (type === 'array') return [() => void (at.maxItems = 2), () => void delete at.minItems];
  if (properties) return propertyChangesOf(at, properties);
  return [() => undefined];
}

function propertyChangesOf(at: SomeSchema, properties: Record<string, SomeSchema>): (() => void)[] {
  const [first = 'id'] = Object.keys(properties);
  const { required = [] } = at;
  return [
    () => void (properties['added'] = { type: 'string' }),
    () => void (at.required = required.slice(1)),
    () => void (at.required = [...new Set([...required, ...Object.keys(properties)])]),
    () => {
      delete properties[first];
      at.required = required.filter((name) => name !== first);
    },
  ];
}
