import type { ConsumedEvent, Resource, ServiceAnswers } from '../model/answers.ts';
import { formatFields, parseFields } from '../model/field-grammar.ts';
import { fieldsOfSchema } from '../contracts/schema-fields.ts';
import { checkAnswers } from './stored-rules.ts';

/** Converts the answers for `.yo-rc.json`: fields in the form of `--fields`; git and install are actions, not answers. */
export function toStored({ resources, consumes, git: _git, install: _install, ...rest }: ServiceAnswers) {
  return {
    ...rest,
    resources: resources.map(({ name, fields }) => ({ name, fields: formatFields(fields) })),
    consumes: consumes.map(({ fields: _fields, ...event }) => event),
  };
}

type Stored = ReturnType<typeof toStored>;

/**
 * Validates the answers of an earlier run: any user may have edited `.yo-rc.json`. Actions of that run are not repeated: no
 * git init, no install. Throws a UsageError that names `file` and the place in it.
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
