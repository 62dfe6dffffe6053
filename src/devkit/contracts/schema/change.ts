/** The kind of a difference between two JSON Schemas. */
export type Rule =
  | 'type-widened'
  | 'type-narrowed'
  | 'type-changed'
  | 'enum-value-added'
  | 'enum-value-removed'
  | 'enum-added'
  | 'enum-removed'
  | 'property-added'
  | 'property-refused'
  | 'required-property-added'
  | 'property-removed'
  | 'closed-property-removed'
  | 'required-property-removed'
  | 'property-became-required'
  | 'property-became-optional'
  | 'range-widened'
  | 'range-narrowed'
  | 'pattern-added'
  | 'pattern-removed'
  | 'pattern-changed'
  | 'format-added'
  | 'format-removed'
  | 'format-changed'
  | 'object-opened'
  | 'object-closed'
  | 'alternative-added'
  | 'alternative-removed'
  | 'constraint-added'
  | 'constraint-removed'
  | 'constraint-changed';

/** A difference between two JSON Schemas, at one place. */
export interface SchemaChange {
  rule: Rule;
  /** The place in the data: `address.street`, `lines[].price`; empty for the data itself. */
  path: string;
  /** The difference in words, as a sentence without a period: "the type is integer, and was string". */
  text: string;
}

/** Returns the path of a property. */
export const propertyPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** Returns a value as JSON, shortened to about 60 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
