import { print } from '../../logging/terminal.ts';

/** Prints one JSON document piece by piece, so a long list is never in memory as a whole. */
export interface JsonPrinter {
  /** Begins an object or a list: the document, an item, or the member `name` of an object. */
  open(bracket: '{' | '[', name?: string): void;
  /** Prints an item of a list. */
  item(value: unknown): void;
  /** Prints the members of an object. */
  members(object: object): void;
  /** Ends the innermost object or list. */
  close(): void;
}

/**
 * Prints the outcome of a change: `{ "dryRun": false, [name]: [...] }`, with the items that `change` prints. The document is
 * complete even if `change` rejects, so it has everything that was done before the error.
 */
export async function printChange(name: string, change: (json: JsonPrinter) => Promise<void>): Promise<void> {
  const json = createJsonPrinter();
  json.open('{');
  json.members({ dryRun: false });
  json.open('[', name);
  try {
    await change(json);
  } finally {
    json.close();
    json.close();
  }
}

function createJsonPrinter(): JsonPrinter {
  /** Brackets that are open, innermost last. */
  const open: ('{' | '[')[] = [];
  /** The last line: a comma follows it if something comes after it. */
  let last: string | undefined;
  let isEmpty = true;

  function add(text: string): void {
    if (last !== undefined) print(isEmpty ? last : `${last},`);
    const indent = '  '.repeat(open.length);
    last = indent + text.replaceAll('\n', `\n${indent}`);
    isEmpty = false;
  }

  const named = (name: string, text: string): string => `${JSON.stringify(name)}: ${text}`;
  const textOf = (value: unknown): string => JSON.stringify(value, null, 2);

  return {
    open(bracket, name) {
      add(name === undefined ? bracket : named(name, bracket));
      open.push(bracket);
      isEmpty = true;
    },
    item: (value) => add(textOf(value)),
    members(object) {
      for (const [name, value] of Object.entries(object)) add(named(name, textOf(value)));
    },
    close() {
      const end = open.pop() === '{' ? '}' : ']';
      if (isEmpty) last += end;
      else {
        if (last !== undefined) print(last);
        last = '  '.repeat(open.length) + end;
      }
      isEmpty = false;
      if (open.length === 0 && last !== undefined) print(last);
    },
  };
}
