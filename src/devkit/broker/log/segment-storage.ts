import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/** The bytes of one segment: it grows at the end, and shrinks only during recovery. */
export interface SegmentStorage {
  size(): number;
  /** Returns when the operating system has the bytes: they survive the end of this process. */
  append(bytes: Buffer): void;
  read(position: number, length: number): Buffer;
  truncate(size: number): void;
  /** Closes the open file; a later read opens it again. */
  release(): void;
  remove(): void;
}

/** Keeps a segment in memory. Returned bytes stay valid, since written bytes never change. */
export function createMemoryStorage(): SegmentStorage {
  let buffer = Buffer.allocUnsafeSlow(16 * 1024);
  let used = 0;
  return {
    size: () => used,
    append(bytes) {
      if (used + bytes.length > buffer.length) {
        const bigger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, used + bytes.length));
        buffer.copy(bigger, 0, 0, used);
        buffer = bigger;
      }
      bytes.copy(buffer, used);
      used += bytes.length;
    },
    read: (position, length) => buffer.subarray(position, Math.min(position + length, used)),
    truncate: (size) => void (used = Math.min(used, size)),
    release: () => undefined,
    remove: () => void (buffer = Buffer.alloc(0)),
  };
}

/** Keeps a segment in the file `path`, and creates the file if it does not exist. */
export function createFileStorage(path: string): SegmentStorage {
  let descriptor: number | undefined;
  const open = (): number => (descriptor ??= openSync(path, existsSync(path) ? 'r+' : 'wx+', 0o600));
  let used = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    size: () => used,
    append(bytes) {
      writeFully(open(), bytes, used);
      used += bytes.length;
    },
    read: (position, length) => readFully(open(), position, Math.min(length, used - position)),
    truncate(size) {
      ftruncateSync(open(), size);
      used = size;
    },
    release() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
    remove() {
      this.release();
      rmSync(path, { force: true });
    },
  };
}

function writeFully(descriptor: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
}

function readFully(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let got = 0; got < length;) {
    const count = readSync(descriptor, bytes, got, length - got, position + got);
    if (count === 0) return bytes.subarray(0, got);
    got += count;
  }
  return bytes;
}
