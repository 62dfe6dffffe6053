import { oneLine } from '../../outside/seen.ts';
import { UsageError } from '../../core/usage-error.ts';

type Json = Record<string, unknown>;

const SHOWN = 100;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Resolves references within one contract. Each function throws a UsageError of one line with the file and the pointer. */
export interface References {
  /** Returns `value`, or the target of its `$ref` in the same document; an empty object for any other value. */
  follow: (value: unknown) => Json;
  /** Returns the last part of the pointer in `value`, which is the name of its target; empty if there is none. */
  nameOf: (value: unknown) => string;
  /** Returns an error about the value at `pointer`. */
  fault: (pointer: string, what: string) => UsageError;
}

/** Returns the pointer of a reference; undefined for any other value. */
export const pointerOf = (value: unknown): string | undefined =>
  isObject(value) && typeof value['$ref'] === 'string' ? value['$ref'] : undefined;

export function referencesOf(document: Json, file: string): References {
  const targets = new Map<string, Json>();

  function follow(value: unknown): Json {
    const pointer = pointerOf(value);
    if (pointer === undefined) return isObject(value) ? value : {};
    const passed = new Set<string>();
    const target = followed(pointer, passed);
    for (const each of passed) targets.set(each, target);
    return target;
  }

  /**
   * Follows a chain of references to a value that is not a reference or is already known, and adds each pointer to `passed`.
   */
  function followed(first: string, passed: Set<string>): Json {
    for (let pointer = first; ;) {
      const known = targets.get(pointer);
      if (known) return known;
      if (passed.has(pointer)) throw fault(pointer, 'refers to itself');
      passed.add(pointer);
      const target = lookUp(pointer);
      const next = pointerOf(target);
      if (next === undefined) return target;
      pointer = next;
    }
  }

  function lookUp(pointer: string): Json {
    if (!pointer.startsWith('#/'))
      throw fault(pointer, 'is in another file; bundle the contract into one file first');
    let target: unknown = document;
    for (const part of pointer.slice(2).split('/').map(unescaped))
      target = isObject(target) && Object.hasOwn(target, part) ? target[part] : undefined;
    if (isObject(target)) return target;
    throw new UsageError(`the contract ${file} refers to ${shown(pointer)}, which it does not contain`);
  }

  /** RFC 6901, section 3, in a URI fragment. */
  function unescaped(part: string): string {
    try {
      return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    } catch {
      throw fault(part, 'is not percent-encoded UTF-8');
    }
  }

  const fault = (pointer: string, what: string) =>
    new UsageError(`the contract ${file}: ${shown(pointer)} ${what}`);
  const nameOf = (value: unknown) => unescaped(pointerOf(value)?.split('/').at(-1) ?? '');
  return { follow, nameOf, fault };
}

const shown = (pointer: string) =>
  oneLine(pointer.length > SHOWN ? `${pointer.slice(0, SHOWN)}...` : pointer);
