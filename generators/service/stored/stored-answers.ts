import type { ConsumedEvent, Resource, ServiceAnswers } from '../model/answers.ts';
import { formatFields, parseFields } from '../model/field-grammar.ts';
import { fieldsOfSchema } from '../contracts/schema-fields.ts';
import { checkAnswers } from './stored-rules.ts';

/** The answers as `.yo-rc.json` keeps them: fields as they are typed; git and install are deeds, not answers. */
export function toStored({ resources, consumes, git: _git, install: _install, ...rest }: ServiceAnswers) {
  return {
    ...rest,
    resources: resources.map(({ name, fields }) => ({ name, fields: formatFields(fields) })),
    consumes: consumes.map(({ fields: _fields, ...event }) => event),
  };
}

type Stored = ReturnType<typeof toStored>;

/**
 * The answers of an earlier run, checked: `.yo-rc.json` is a file that anybody may have edited. What that run did once, the
 * next one does not do again: no git init, no install. Throws a UsageError that names `file` and the place in it.
 */
export function fromStored(stored: Record<string, unknown>, file?: string): Partial<ServiceAnswers> {
  checkAnswers(stored, file);
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
