import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** The file is rewritten when it has this many lines more than twice the number of rows. */
const SPARE_LINES = 10_000;

/** Rows by key. When a method returns, the operating system has the change. */
export interface Table<Row> {
  get(key: string): Row | undefined;
  set(key: string, row: Row): void;
  delete(key: string): void;
  entries(): [key: string, row: Row][];
}

/** Small durable state: topics, group offsets, producer ids. A row is any JSON value. */
export interface Journal {
  table<Row>(name: string): Table<Row>;
  close(): void;
}

type Change = [table: string, key: string, row?: unknown];

/**
 * Opens the journal in the file `path`, with one change per line; without a path, it lives as long as the process. Throws if
 * a line is damaged, except that a torn last line is dropped.
 */
export function openJournal(path?: string): Journal {
  const state = new Map<string, Change>();
  if (path !== undefined) for (const change of readChanges(path)) apply(state, change);
  const file = path === undefined ? undefined : openFile(path, state);
  const change = (...made: Change): void => {
    apply(state, made);
    file?.append(made);
  };
  return {
    table<Row>(name: string): Table<Row> {
      const rows = new Map<string, Row>(rowsOf(state, name));
      return {
        get: (key) => rows.get(key),
        set(key, row) {
          rows.set(key, row);
          change(name, key, row);
        },
        delete(key) {
          if (rows.delete(key)) change(name, key);
        },
        entries: () => [...rows],
      };
    },
    close: () => file?.close(),
  };
}

function apply(state: Map<string, Change>, change: Change): void {
  const place = JSON.stringify(change.slice(0, 2));
  if (change.length === 2) state.delete(place);
  else state.set(place, change);
}

function rowsOf(state: Map<string, Change>, table: string): Iterable<[string, never]> {
  const changes = [...state.values()].filter(([name]) => name === table);
  return JSON.parse(JSON.stringify(changes.map(([, key, row]) => [key, row])));
}

function readChanges(path: string): Change[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line);
    } catch (cause) {
      const where = `${path}, line ${index + 1}`;
      throw new Error(
        `${where} is damaged: ${line.slice(0, 80)}; remove the directory to start with an empty log`,
        {
          cause,
        },
      );
    }
  });
}

function openFile(path: string, state: ReadonlyMap<string, Change>) {
  let lines = 0;
  let descriptor = -1;
  const rewrite = (): void => {
    if (descriptor >= 0) closeSync(descriptor);
    rmSync(`${path}.new`, { force: true }); // a symbolic link of that name would be followed
    writeFileSync(
      `${path}.new`,
      Array.from(state.values(), (change) => `${JSON.stringify(change)}\n`).join(''),
      { flag: 'wx', mode: 0o600 },
    );
    renameSync(`${path}.new`, path);
    descriptor = openSync(path, 'a');
    lines = state.size;
  };
  rewrite();
  return {
    append(change: Change): void {
      writeSync(descriptor, `${JSON.stringify(change)}\n`);
      if (++lines > state.size * 2 + SPARE_LINES) rewrite();
    },
    close: () => closeSync(descriptor),
  };
}
