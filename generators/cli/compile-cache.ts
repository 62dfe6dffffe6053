import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

interface Program<Exports> {
  exports: Exports;
  /** V8 accepted the form that an earlier run stored. */
  isCached: boolean;
  /** Stores the compiled form of the functions that have run, if the next run can use it. Never throws. */
  keep: () => void;
}

type Wrapper = (
  exports: object,
  require: NodeJS.Require,
  module: object,
  file: string,
  folder: string,
) => void;

/** The most bytes that are read: the compiled form of the whole program is half of it. */
const MAX_BYTES = 8 * 2 ** 20;

/**
 * Loads a CommonJS file with the compiled form that an earlier run of the same Node stored next to it: V8 then need not compile
 * it again (https://nodejs.org/api/vm.html#scriptcreatecacheddata). A missing, foreign or damaged form is ignored.
 */
export function loadProgram<Exports>(file: string): Program<Exports> {
  const source = readFileSync(file);
  const cache = { file: `${file}.${process.version}-${process.arch}.cache`, key: keyOf(source) };
  const cachedData = isOff() ? undefined : readCache(cache);
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source.toString('utf8')}\n})`;
  const script = new Script(wrapped, { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  const run = script.runInThisContext() as Wrapper;
  run(module.exports, createRequire(file), module, file, path.dirname(file));
  const isCached = cachedData !== undefined && script.cachedDataRejected !== true;
  return {
    exports: module.exports as Exports,
    isCached,
    keep: () => {
      if (!isCached && !isOff()) writeCache(cache, script.createCachedData());
    },
  };
}

/** Node's own variable for its own cache; coverage needs the functions compiled. */
const isOff = () =>
  process.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined || process.env['NODE_V8_COVERAGE'] !== undefined;

interface Cache {
  file: string;
  /** Differs for every source, version and flag for which V8 compiles differently. */
  key: string;
}

function keyOf(source: Buffer): string {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  return [process.versions.v8, process.arch, crc32(flags), source.length, crc32(source)].join(' ');
}

/** V8 checks neither the content of the source nor the bytes themselves. */
const headerOf = ({ key }: Cache, data: Buffer) => `${key} ${crc32(data)}\n`;

function readCache(cache: Cache): Buffer | undefined {
  try {
    if (!isOwn(statSync(path.dirname(cache.file)))) return undefined;
    const bytes = readOwn(cache.file);
    const end = bytes.indexOf('\n') + 1;
    const data = bytes.subarray(end);
    return bytes.subarray(0, end).toString('latin1') === headerOf(cache, data) ? data : undefined;
  } catch {
    return undefined; // the first run, or a file that is not ours
  }
}

/** Throws for a file that another user may have written, since V8 executes its content. */
function readOwn(file: string): Buffer {
  const descriptor = openSync(
    file,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  );
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || !isOwn(stats) || stats.size > MAX_BYTES) throw new Error(`${file} is not used`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The rule of output/trust.ts, but with no other owner than this user. Windows has no such owners. */
const isOwn = ({ uid, mode }: Stats): boolean =>
  process.getuid === undefined || (uid === process.getuid() && (mode & 0o002) === 0);

/** Writes only into a folder of this user, in one step: concurrent runs each see a complete file. */
function writeCache(cache: Cache, data: Buffer): void {
  const temporary = `${cache.file}.${process.pid}`;
  try {
    if (!isOwn(statSync(path.dirname(cache.file)))) return;
    writeFileSync(temporary, Buffer.concat([Buffer.from(headerOf(cache, data)), data]), {
      mode: 0o600,
      flag: 'wx',
    });
    renameSync(temporary, cache.file);
  } catch {
    rmSync(temporary, { force: true }); // a folder that is read-only or full: the next run compiles again
  }
}
