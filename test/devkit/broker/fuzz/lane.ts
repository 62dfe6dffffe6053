import { connectProtocol, type ProtocolClient } from '../protocol-client.ts';
import { checkAnswer } from './answers.ts';

/** Fetch, JoinGroup and SyncGroup may wait for others, and so may a request with a wrong size. */
const waiting = new Set([1, 11, 14]);

/** Milliseconds to wait for such a request before its connection is abandoned. */
const PATIENCE_MS = 12;

/** Milliseconds after which a broker counts as hanging. */
const HANG_MS = 10_000;

/** Sent behind each request: ApiVersions, which is answered without delay. */
const SENTINEL_ID = 0x5eafbeef;
const sentinel = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0x5e, 0xaf, 0xbe, 0xef, 0xff, 0xff]);

export type Outcome = 'answered' | 'closed' | 'waits';

/** Opens one connection after the other to the same broker, for one request at a time. */
export interface Lane {
  /** Sends the request. Rejects, with the bytes, when the broker hangs or sends an answer that Kafka would not send. */
  send(request: Buffer): Promise<Outcome>;
  close(): void;
}

export function createLane(bootstrapServers: string): Lane {
  let connection: ProtocolClient | undefined;

  async function exchange(request: Buffer): Promise<Outcome> {
    connection ??= await connectProtocol(bootstrapServers);
    connection.write(Buffer.concat([request, sentinel]));
    const patience = outOfPatience(request);
    const outcome = await Promise.race([answersTo(request, connection), patience.over]);
    patience.end();
    if (outcome !== 'answered') close();
    return outcome;
  }

  function close(): void {
    connection?.reset();
    connection = undefined;
  }

  return {
    close,
    send: (request) =>
      exchange(request).catch((cause: unknown) => {
        throw new Error(`The broker did not take ${request.toString('hex')}: ${String(cause)}`, { cause });
      }),
  };
}

/** Whether its first bytes state its size; otherwise, the rest is separate requests, or it is incomplete. */
const isFramed = (request: Buffer): boolean => request.readInt32BE(0) === request.length - 4;

async function answersTo(request: Buffer, connection: ProtocolClient): Promise<Outcome> {
  for (;;) {
    const answer = await connection.read().catch(() => undefined);
    if (!answer) return 'closed';
    const id = answer.readInt32BE(0);
    if (id === SENTINEL_ID) return 'answered';
    if (!isFramed(request)) continue;
    if (id !== request.readInt32BE(8)) throw new Error(`it answered with correlation id ${id}`);
    checkAnswer(request.readInt16BE(4), request.readInt16BE(6), answer.subarray(4));
  }
}

function outOfPatience(request: Buffer): { over: Promise<Outcome>; end: () => void } {
  const mayWait = waiting.has(request.readInt16BE(4)) || !isFramed(request);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Outcome>((resolve, reject) => {
    timer = mayWait
      ? setTimeout(() => resolve('waits'), PATIENCE_MS)
      : setTimeout(() => reject(new Error(`no answer within ${HANG_MS} ms`)), HANG_MS);
  });
  return { over, end: () => clearTimeout(timer) };
}
