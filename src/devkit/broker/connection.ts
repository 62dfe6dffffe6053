import type { Socket } from 'node:net';
import { createFrameSplitter } from './frames.ts';
import type { AnswerRequest } from './requests.ts';

/** With this many requests in the queue, the broker reads no more. */
const MAX_WAITING = 64;

/**
 * Answers the requests of one connection in order, as Kafka does: a request that waits (Fetch, JoinGroup) delays the requests
 * behind it. A malformed request closes the connection; `onBroken` receives the reason.
 */
export function serveConnection(
  socket: Socket,
  answer: AnswerRequest,
  onBroken: (error: unknown) => void,
): void {
  const listeners = new Set<() => void>();
  const onClose = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const client = { host: `/${socket.remoteAddress ?? ''}`, onClose };
  const split = createFrameSplitter();
  const waiting: Buffer[] = [];
  let isWorking = false;

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    for (let request = waiting.shift(); request && !socket.destroyed; request = waiting.shift()) {
      const answered = answer(request, client);
      send(socket, answered instanceof Promise ? await answered : answered);
      if (socket.writableNeedDrain) await drained(socket);
      if (waiting.length < MAX_WAITING) socket.resume();
    }
    isWorking = false;
  }

  function fail(error: unknown): void {
    onBroken(error);
    socket.destroy();
  }

  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    try {
      waiting.push(...split(chunk));
    } catch (error) {
      fail(error);
    }
    if (waiting.length >= MAX_WAITING) socket.pause();
    work().catch(fail);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => listeners.forEach((listener) => listener()));
}

function send(socket: Socket, chunks: readonly Buffer[] = []): void {
  if (socket.destroyed) return;
  socket.cork();
  for (const chunk of chunks) socket.write(chunk);
  socket.uncork();
}

/** Resolves when the client has received the data, or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      socket.off('drain', finish).off('close', finish);
      resolve();
    };
    socket.on('drain', finish).on('close', finish);
  });
}
