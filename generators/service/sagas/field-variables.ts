import { code, type Code } from '../../rendering/code.ts';
import type { Field } from '../model/answers.ts';

/** The variables that hold the fields of a request, in code that destructures it. */
export interface FieldVariables {
  /** Returns the variable of a field: its name, or `seatsValue` where the code has another `seats`. */
  of: (field: string) => string;
  /** Returns the property of a field, in a pattern or in an object: `total`, or `seats: seatsValue`. */
  property: (field: string) => Code;
}

/** Returns variables that differ from `taken`, the other names in the scope, and from each other. */
export function fieldVariables(fields: readonly Field[], taken: readonly string[]): FieldVariables {
  const others = new Set([...taken, ...fields.map(({ name }) => name)]);
  const variables = new Map<string, string>();
  for (const { name } of fields.filter((field) => taken.includes(field.name))) {
    let variable = `${name}Value`;
    while (others.has(variable)) variable += 'Value';
    others.add(variable);
    variables.set(name, variable);
  }
  const of = (field: string) => variables.get(field) ?? field;
  return { of, property: (field) => (variables.has(field) ? code`${field}: ${of(field)}` : code`${field}`) };
}
