import type { Socket } from 'node:net';
import { ProtocolError } from './protocol/reader.ts';
import type { AnswerRequest } from './requests.ts';

/** Kafka's default of `socket.request.max.bytes`. */
const MAX_REQUEST_BYTES = 104_857_600;

/** While this many requests wait for their turn, no more are read. */
const MAX_WAITING = 64;

/**
 * Answers the requests of one connection one after the other, as Kafka does: a request that waits (Fetch,
 * JoinGroup) holds up those behind it. A broken request ends the connection; `onBroken` is told why.
 */
export function serveConnection(
  socket: Socket,
  answer: AnswerRequest,
  onBroken: (error: Error) => void,
): void {
  const listeners = new Set<() => void>();
  const onClose = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const client = { host: `/${socket.remoteAddress ?? ''}`, onClose };
  const waiting: Buffer[] = [];
  let isBusy = false;

  const fail = (error: unknown): void => {
    onBroken(error as Error);
    socket.destroy();
  };
  const send = (chunks: Buffer[] | undefined): void => {
    if (!chunks || socket.destroyed) return;
    socket.cork();
    for (const chunk of chunks) socket.write(chunk);
    socket.uncork();
    if (socket.writableNeedDrain) isBusy = true;
  };
  const resume = (): void => {
    isBusy = false;
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };
  const work = (): void => {
    while (!isBusy && waiting.length > 0 && !socket.destroyed) {
      const answered = answer(waiting.shift()!, client);
      if (answered instanceof Promise) {
        isBusy = true;
        answered.then((chunks) => {
          isBusy = false;
          send(chunks);
          if (!isBusy) resume();
        }, fail);
      } else send(answered);
    }
    if (waiting.length >= MAX_WAITING) socket.pause();
    else socket.resume();
  };

  const split = createFrameSplitter();
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    try {
      waiting.push(...split(chunk));
      work();
    } catch (error) {
      fail(error);
    }
  });
  socket.on('drain', resume);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => listeners.forEach((listener) => listener()));
}

/** Cuts a stream into requests: each has its size in front of it. */
function createFrameSplitter(): (chunk: Buffer) => Buffer[] {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = 4;

  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < needed) return [];
    const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, held);
    const frames: Buffer[] = [];
    let position = 0;
    for (needed = 4; bytes.length - position >= needed; needed = 4) {
      const size = bytes.readInt32BE(position);
      if (size < 0 || size > MAX_REQUEST_BYTES) throw new ProtocolError(`request of ${size} bytes`);
      needed = size + 4;
      if (bytes.length - position < needed) break;
      frames.push(bytes.subarray(position + 4, position + needed));
      position += needed;
    }
    held = bytes.length - position;
    chunks = held > 0 ? [bytes.subarray(position)] : [];
    return frames;
  };
}
