import type { Ask } from '../questions/question.ts';
import type { Field, Resource } from './model/answers.ts';
import { writtenType } from './model/field-form.ts';
import { looksSecret } from './model/secret-names.ts';

interface Circumstances {
  /** Undefined without a terminal. */
  ask?: Ask | undefined;
  /** The resources of an earlier run, whose decisions stay. */
  before: Resource[];
  /** Collects a line for each field that became secret without being declared so. */
  notes: string[];
}

/** Decides about the fields whose modifiers do not state whether they are secret. By default, a field with such a name is. */
export async function settleSecrets(
  resources: Resource[],
  circumstances: Circumstances,
): Promise<Resource[]> {
  const settled: Resource[] = [];
  for (const resource of resources) {
    const fields: Field[] = [];
    for (const field of resource.fields) fields.push(await settle(field, resource.name, circumstances));
    settled.push({ ...resource, fields });
  }
  return settled;
}

async function settle(field: Field, resource: string, { ask, before, notes }: Circumstances): Promise<Field> {
  if (field.secret !== undefined) return field;
  const earlier = before
    .find(({ name }) => name === resource)
    ?.fields.find(({ name }) => name === field.name);
  if (earlier?.secret) notes.push(note(field, resource, 'still kept secret'));
  if (earlier) return earlier.secret === undefined ? field : { ...field, secret: earlier.secret };
  if (!looksSecret(field.name)) return field;
  if (ask) return { ...field, secret: await confirm(field.name, ask) };
  notes.push(note(field, resource, 'kept secret because of its name'));
  return { ...field, secret: true };
}

const confirm = (name: string, ask: Ask) =>
  ask.confirm({
    message: `"${name}" looks like a secret. Omit it from every answer, event and log line?`,
    default: true,
  });

const note = (field: Field, resource: string, is: string) =>
  `The field "${field.name}" of "${resource}" is ${is}: answers, events and log lines omit it. If it is not a secret, write ${field.name}:${writtenType(field)}:public`;
