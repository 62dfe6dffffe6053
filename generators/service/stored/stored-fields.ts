import { parseFields } from '../fields/grammar.ts';
import type { Field } from '../model/answers.ts';

/** The grammar in which `.yo-rc.json` states fields. Version 0.2.0 stored no number. */
export const fieldGrammarVersion = 2;

/** The column of every decimal of version 0.2.0. */
const firstDigits = { precision: 20, scale: 6 };

/** Returns the function that reads the fields of these answers, or of the tables beside them. */
export function fieldsReader(answers: Record<string, unknown>): (text: string) => Field[] {
  if (answers['fieldGrammar'] !== undefined) return parseFields;
  return (text) =>
    parseFields(text).map((field) =>
      field.type === 'decimal' && !field.digits ? { ...field, digits: firstDigits } : field,
    );
}
