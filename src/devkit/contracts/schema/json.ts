/** A JSON object of a contract. */
export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the member as an object; an empty one if it is anything else. */
export const objectAt = (value: unknown, name: string): JsonObject => {
  const member = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(member) ? member : {};
};

/** Returns the member as a list; an empty one if it is anything else. */
export const listAt = (value: unknown, name: string): readonly unknown[] => {
  const member = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(member) ? member : [];
};

/** Returns the member as a text; undefined if it is anything else. */
export const textAt = (value: unknown, name: string): string | undefined => {
  const member = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof member === 'string' ? member : undefined;
};

/** Resolves a JSON Pointer of the document itself (RFC 6901), such as `#/components/messages/user.created.v1`. */
export function resolvePointer(document: unknown, reference: string): unknown {
  const names = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  return names
    .map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(memberOf, document);
}

const memberOf = (value: unknown, name: string): unknown => {
  if (Array.isArray(value)) return value[Number(name)];
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
};

/** Returns the first `$ref` in the document that has no target in it; undefined if there is none. */
export function danglingReference(document: unknown, value: unknown = document): string | undefined {
  if (Array.isArray(value)) {
    for (const each of value) {
      const found = danglingReference(document, each);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const reference = textAt(value, '$ref');
  const isDangling = reference !== undefined && resolvePointer(document, reference) === undefined;
  return isDangling ? reference : danglingReference(document, Object.values(value));
}

/** Returns the value, or the value to which its `$ref` leads. Follows at most 20 references. */
export function resolved(document: unknown, value: unknown, left = 20): unknown {
  const reference = textAt(value, '$ref');
  if (reference === undefined || left === 0) return value;
  return resolved(document, resolvePointer(document, reference), left - 1);
}
