import { code, list, type Code } from '../../rendering/code.ts';
import { samplesOf } from '../fields/samples.ts';
import type { PartSource } from './projection-parts.ts';

const also = {
  id: code`id`,
  createdAt: code`createdAt: new Date().toISOString()`,
  updatedAt: code`updatedAt: new Date().toISOString()`,
  requestId: code`requestId: randomUUID()`,
};

/** Returns the source text of an event about the row `id`, with a value of each field. */
export function sourceSample({ definition, key }: Pick<PartSource, 'definition' | 'key'>): Code {
  const { name, fields, aggregate } = definition;
  const samples = samplesOf(fields, aggregate);
  const values = fields.map((field) =>
    field.name === key?.name ? code`${field.name}: id` : code`${field.name}: ${samples.other(field)}`,
  );
  const members = definition.also.map((member) =>
    member === 'id' && key ? code`id: randomUUID()` : also[member],
  );
  const data = [...members, ...values];
  return code`${name}.of(${key ? code`randomUUID()` : code`id`}, ${data.length === 0 ? code`{}` : code`{ ${list(data)} }`})`;
}
