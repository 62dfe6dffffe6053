import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

/** Rewritten when it has grown to this many lines beyond twice what it holds. */
const SPARE_LINES = 10_000;

/** Small durable state by key: topics, group offsets, producer ids. A value is anything JSON can hold. */
export interface Journal {
  get(key: string): unknown;
  /** Returns when the operating system holds the change. */
  set(key: string, value: unknown): void;
  delete(key: string): void;
  entries(): IterableIterator<[string, unknown]>;
  close(): void;
}

/** Opens the journal in the file `path`, one change a line; without a path it lasts as long as the process. */
export function openJournal(path?: string): Journal {
  const state = new Map<string, unknown>(path === undefined ? [] : load(path));
  const file = path === undefined ? undefined : openFile(path, state);
  const write = (change: [key: string, value?: unknown]): void => file?.append(change);
  return {
    get: (key) => state.get(key),
    set(key, value) {
      state.set(key, value);
      write([key, value]);
    },
    delete(key) {
      if (state.delete(key)) write([key]);
    },
    entries: () => state.entries(),
    close: () => file?.close(),
  };
}

/** Reads the changes up to a torn last line. */
function load(path: string): Map<string, unknown> {
  const state = new Map<string, unknown>();
  for (const line of readLines(path)) {
    const [key, ...value] = JSON.parse(line) as [string, unknown?];
    if (value.length === 0) state.delete(key);
    else state.set(key, value[0]);
  }
  return state;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function openFile(path: string, state: Map<string, unknown>) {
  let lines = 0;
  let descriptor = -1;
  const rewrite = (): void => {
    if (descriptor >= 0) closeSync(descriptor);
    const text = Array.from(state, (entry) => `${JSON.stringify(entry)}\n`).join('');
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    descriptor = openSync(path, 'a');
    lines = state.size;
  };
  rewrite();
  return {
    append(change: unknown[]): void {
      writeSync(descriptor, `${JSON.stringify(change)}\n`);
      if (++lines > state.size * 2 + SPARE_LINES) rewrite();
    },
    close: () => closeSync(descriptor),
  };
}
