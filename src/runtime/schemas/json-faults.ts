/** A part of a JSON value that cannot be stored unchanged, and its path. */
export interface JsonFault {
  path: readonly (string | number)[];
  message: string;
}

/**
 * PostgreSQL, and most JSON parsers, support far less nesting than a client can send; RFC 8259, section 9, allows a limit.
 */
export const MAX_DEPTH = 100;
/** More faults would not tell a client anything new. */
export const MAX_FAULTS = 20;

const unstorable = /[\0\p{Surrogate}]/u;

/**
 * Returns the parts of a value that JSON or PostgreSQL would alter or refuse: unpaired surrogates (RFC 8259, section 8.2),
 * U+0000, a number that is not finite (section 6), and more than `MAX_DEPTH` levels (section 9). Inspects the value as
 * `JSON.stringify` would write it, in time proportional to its length, and returns the first `MAX_FAULTS`.
 */
export function jsonFaults(value: unknown): JsonFault[] {
  const faults: JsonFault[] = [];
  visit(value, [], faults);
  return faults;
}

type Path = (string | number)[];

function visit(value: unknown, path: Path, faults: JsonFault[]): void {
  if (faults.length >= MAX_FAULTS) return;
  if (typeof value === 'string') {
    if (unstorable.test(value)) tell(faults, path, `must not contain ${unstorableName(value)}`);
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) tell(faults, path, `must be a finite number, not ${value}`);
  } else if (typeof value === 'object' && value !== null) visitObject(value, path, faults);
}

function visitObject(value: object, path: Path, faults: JsonFault[]): void {
  if (path.length >= MAX_DEPTH) {
    tell(faults, path.slice(0, 1), `must not be nested more than ${MAX_DEPTH} levels deep`);
  } else if ('toJSON' in value && typeof value.toJSON === 'function') {
    visit((value.toJSON as () => unknown)(), path, faults);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visitChild(index, item, path, faults);
  } else {
    for (const [name, item] of Object.entries(value)) {
      if (unstorable.test(name))
        tell(faults, path, `must not have a property whose name contains ${unstorableName(name)}`);
      visitChild(name, item, path, faults);
    }
  }
}

/** The whole walk shares one path: it runs for each request, and nearly always finds nothing. */
function visitChild(at: string | number, item: unknown, path: Path, faults: JsonFault[]): void {
  path.push(at);
  visit(item, path, faults);
  path.pop();
}

/**
 * One fault per place and message is enough. The path elements of one walk are identical strings, so comparing them is fast.
 */
function tell(faults: JsonFault[], path: Path, message: string): void {
  if (faults.length >= MAX_FAULTS) return;
  const last = faults.at(-1);
  const isTold = last?.message === message && last.path.length === path.length;
  if (!isTold || path.some((step, level) => step !== last.path[level]))
    faults.push({ path: [...path], message });
}

const unstorableName = (text: string) => (text.includes('\0') ? 'the character U+0000' : 'a lone surrogate');
