import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { decodeMessage } from './schema/decode.ts';
import { encodeMessage, type EncodeOptions, type Values } from './schema/encode.ts';

interface EncodedRequest {
  apiKey: number;
  apiVersion: number;
  encode: () => Promise<unknown>;
}

interface Definition {
  protocol: (choice: { version: number }) => (args: object) => {
    request: EncodedRequest;
    response: { decode: <Answer>(bytes: Buffer) => Promise<Answer> };
  };
}

type Frame = (options: { correlationId: number; clientId: string; request: EncodedRequest }) => Promise<{
  buffer: Buffer;
}>;

const load = createRequire(import.meta.url);
const { requests }: { requests: Record<string, Definition> } = load('kafkajs/src/protocol/requests');
const frame: Frame = load('kafkajs/src/protocol/request');

/** Speaks the protocol without the retries and checks of a client. */
export interface ProtocolClient {
  /**
   * Sends the request as KafkaJS encodes it and resolves to its answer, whatever error codes it holds; rejects when the
   * connection ends.
   */
  call<Answer>(api: string, version: number, args: object): Promise<Answer>;
  /** As `call` in any version, encoded by the tables of messages; rejects if the answer does not match its table exactly. */
  ask<Answer>(message: string, version: number, values?: Values, options?: EncodeOptions): Promise<Answer>;
  /** Sends bytes unchanged. */
  write(bytes: Buffer): void;
  /** Resolves to the next answer, with its correlation id in front. */
  read(): Promise<Buffer>;
  /** Resolves when the broker has closed the connection. */
  closed: Promise<void>;
  close(): void;
  /** Closes it at once, without the handshake that keeps its port in use for a minute. */
  reset(): void;
}

/** The bytes of a request as KafkaJS sends it, size in front. */
export async function encodeRequest(
  api: string,
  version: number,
  args: object,
  correlationId = 1,
): Promise<Buffer> {
  const { request } = definition(api, version)(args);
  return (await frame({ correlationId, clientId: 'protocol-client', request })).buffer;
}

export async function connectProtocol(bootstrapServers: string): Promise<ProtocolClient> {
  const [host = '', port] = bootstrapServers.split(':');
  const socket = connect(Number(port), host);
  await once(socket, 'connect');
  const frames = readFrames(socket);
  return {
    async call<Answer>(api: string, version: number, args: object): Promise<Answer> {
      socket.write(await encodeRequest(api, version, args));
      const answer = await frames.next();
      return definition(api, version)(args).response.decode(answer.subarray(4));
    },
    async ask<Answer>(message: string, version: number, values: Values = {}, options: EncodeOptions = {}) {
      socket.write(encodeMessage(message, version, values, options));
      const answer = await frames.next();
      return decodeMessage<Answer>(message, version, answer.subarray(4));
    },
    write: (bytes) => void socket.write(bytes),
    read: () => frames.next(),
    closed: frames.closed,
    close: () => socket.destroy(),
    reset: () => socket.resetAndDestroy(),
  };
}

function definition(api: string, version: number) {
  const found = requests[api]?.protocol({ version });
  if (!found) throw new Error(`KafkaJS has no ${api} version ${version}`);
  return found;
}

function readFrames(socket: Socket) {
  const waiting: { resolve: (answer: Buffer) => void; reject: (error: Error) => void }[] = [];
  const ready: Buffer[] = [];
  let held = Buffer.alloc(0);
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      isClosed = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('The broker closed the connection'));
      resolve();
    });
  });
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= held.readInt32BE(0) + 4) {
      const end = held.readInt32BE(0) + 4;
      const answer = held.subarray(4, end);
      held = held.subarray(end);
      const next = waiting.shift();
      if (next) next.resolve(answer);
      else ready.push(answer);
    }
  });
  return {
    closed,
    next: (): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        const answer = ready.shift();
        if (answer) resolve(answer);
        else if (isClosed) reject(new Error('The broker closed the connection'));
        else waiting.push({ resolve, reject });
      }),
  };
}
