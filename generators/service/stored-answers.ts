import type { ConsumedEvent, Resource, ServiceAnswers } from './answers.ts';
import { formatFields, parseFields } from './field-grammar.ts';
import { fieldsOfSchema } from './schema-fields.ts';

/** The answers as `.yo-rc.json` keeps them: fields as they are typed; git and install are deeds, not answers. */
export function toStored({ resources, consumes, git: _git, install: _install, ...rest }: ServiceAnswers) {
  return {
    ...rest,
    resources: resources.map(({ name, fields }) => ({ name, fields: formatFields(fields) })),
    consumes: consumes.map(({ fields: _fields, ...event }) => event),
  };
}

type Stored = ReturnType<typeof toStored>;

/** The answers of an earlier run. What it did once, it does not do again: no git init, no install. */
export function fromStored(stored: Record<string, unknown>): Partial<ServiceAnswers> {
  const { resources, consumes, ...rest } = stored as Partial<Stored>;
  return {
    ...rest,
    ...(resources && {
      resources: resources.map(({ name, fields }): Resource => ({ name, fields: parseFields(fields) })),
    }),
    ...(consumes && {
      consumes: consumes.map((event): ConsumedEvent => ({ ...event, fields: fieldsOfSchema(event.schema) })),
    }),
    git: false,
    install: false,
  };
}
