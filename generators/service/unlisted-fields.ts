import type { Resource } from './model/answers.ts';
import { isNamedAsParameter } from './model/field-form.ts';

/** Returns a note for each indexed field whose name is that of another parameter of the list, and that `before` does not have so. */
export const unlistedFields = (resources: readonly Resource[], before: readonly Resource[]): string[] =>
  resources.flatMap(({ name, fields }) => {
    const known = before.find((each) => each.name === name)?.fields.filter(isNamedAsParameter) ?? [];
    return fields
      .filter((field) => isNamedAsParameter(field) && !known.some((each) => each.name === field.name))
      .map(
        (field) =>
          `The list of "${name}" cannot be filtered or sorted by "${field.name}", since every list has a parameter with this name. ` +
          'For a filter, give the field another name.',
      );
  });
