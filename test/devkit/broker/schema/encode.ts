import { includes, messages, type Field } from './message.ts';

/** Values by field name; a missing value is the default of its field. */
export type Values = Readonly<Record<string, unknown>>;

export interface EncodeOptions {
  correlationId?: number;
  /** Adds an unknown tagged field to the header and to every structure. */
  unknownTags?: boolean;
}

interface Style {
  version: number;
  isFlexible: boolean;
  tags: Buffer;
}

const NO_TAGS = Buffer.from([0]);
const UNKNOWN_TAG = Buffer.from([1, ...varint(7777), 3, 0xde, 0xad, 0xff]);

/** The bytes of a request, size in front. Throws for a message or a field that the tables do not have. */
export function encodeMessage(
  name: string,
  version: number,
  values: Values,
  { correlationId = 1, unknownTags = false }: EncodeOptions = {},
): Buffer {
  const message = messages.get(name);
  if (!message) throw new Error(`The tables have no message ${name}`);
  const isFlexible = includes(message.flexible, version);
  const style = { version, isFlexible, tags: unknownTags ? UNKNOWN_TAG : NO_TAGS };
  const body = Buffer.concat([
    int(2, message.key),
    int(2, version),
    int(4, correlationId),
    plainString('schema-client'),
    ...(isFlexible ? [style.tags] : []),
    struct(message.request, values, style),
  ]);
  return Buffer.concat([int(4, body.length), body]);
}

function struct(fields: readonly Field[], values: Values, style: Style): Buffer {
  const unknown = Object.keys(values).find((name) => !fields.some((field) => field.name === name));
  if (unknown) throw new Error(`There is no field ${unknown}`);
  const present = fields.filter(({ versions }) => includes(versions, style.version));
  const isTagged = ({ tag }: Field): boolean => tag !== undefined && includes(tag.versions, style.version);
  const plain = present.filter((field) => !isTagged(field));
  const encoded = plain.map((field) => value(field, values[field.name], style));
  const given = present.filter((field) => isTagged(field) && values[field.name] !== undefined);
  return Buffer.concat([...encoded, ...(style.isFlexible ? [tagsOf(given, values, style)] : [])]);
}

function tagsOf(fields: readonly Field[], values: Values, style: Style): Buffer {
  if (fields.length === 0) return style.tags;
  const tags = fields.map((field) => {
    const bytes = value(field, values[field.name], style);
    return Buffer.concat([varint(field.tag!.number), varint(bytes.length), bytes]);
  });
  return Buffer.concat([varint(tags.length), ...tags]);
}

function value(field: Field, given: unknown, style: Style): Buffer {
  const filled = given === undefined ? defaultOf(field, style) : given;
  if (!field.isArray) return single(field, filled, style);
  if (filled === null) return style.isFlexible ? varint(0) : int(4, -1);
  if (!Array.isArray(filled)) throw new Error(`${field.name} must be an array`);
  const size = style.isFlexible ? varint(filled.length + 1) : int(4, filled.length);
  return Buffer.concat([size, ...filled.map((item) => single(field, item, style))]);
}

function defaultOf(field: Field, { version }: Style): unknown {
  if (includes(field.nullable, version) && field.default === 'null') return null;
  if (field.isArray) return [];
  if (field.type === 'struct') return {};
  if (field.type === 'string') return field.default === 'null' ? '' : (field.default ?? '');
  if (field.type === 'bool') return field.default === 'true';
  return field.type === 'uuid' || field.type === 'bytes' ? '' : Number(field.default ?? 0);
}

function single(field: Field, given: unknown, style: Style): Buffer {
  switch (field.type) {
    case 'struct':
      return struct(field.fields, given as Values, style);
    case 'string':
      return sized(given === null ? null : Buffer.from(given as string), 2, style);
    case 'bytes':
    case 'records':
      return sized(given === null ? null : Buffer.from(given as Buffer), 4, style);
    case 'uuid':
      return Buffer.concat([Buffer.from(String(given), 'base64url'), Buffer.alloc(16)]).subarray(0, 16);
    case 'bool':
      return Buffer.from([given ? 1 : 0]);
    default:
      return int(Number(field.type.slice(3)) / 8, Number(given));
  }
}

function sized(bytes: Buffer | null, width: number, { isFlexible }: Style): Buffer {
  if (bytes === null) return isFlexible ? varint(0) : int(width, -1);
  const size = isFlexible ? varint(bytes.length + 1) : int(width, bytes.length);
  return Buffer.concat([size, bytes]);
}

function plainString(text: string): Buffer {
  return Buffer.concat([int(2, text.length), Buffer.from(text)]);
}

function int(width: number, number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(number));
  return bytes.subarray(8 - width);
}

function varint(number: number): Buffer {
  const bytes: number[] = [];
  let left = number;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}
