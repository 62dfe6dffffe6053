import { once } from 'node:events';
import net from 'node:net';

/** An answer as it was sent; header names in lower case. */
export interface RawAnswer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** One connection, and the data received over it. */
export interface RawClient {
  /** Answers so far, in their order. Only those with a `content-length` or without a body are understood. */
  readonly answers: readonly RawAnswer[];
  /** Resolves when no more data can arrive. */
  readonly closed: Promise<unknown>;
  readonly isClosed: boolean;
  write(text: string): void;
  /** Resolves to the answer at `index`, or to undefined if the connection ended without it. */
  answer(index: number): Promise<RawAnswer | undefined>;
  end(): void;
}

/** Connects to the server at `url`, without the conveniences of an HTTP client. */
export async function connect(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  await once(socket, 'connect');
  const answers: RawAnswer[] = [];
  let rest = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    rest += text;
    for (let read = readAnswer(rest); read; read = readAnswer(rest)) {
      answers.push(read.answer);
      rest = read.rest;
      socket.emit('answer');
    }
  });
  socket.on('error', () => undefined); // a reset shows as an end without an answer
  socket.on('close', () => void socket.emit('answer'));
  return {
    answers,
    closed: new Promise((resolve) => void socket.once('close', resolve)),
    get isClosed() {
      return socket.closed;
    },
    write: (text) => void socket.write(text, 'latin1'),
    async answer(index) {
      while (answers.length <= index && !socket.closed) await once(socket, 'answer');
      return answers[index];
    },
    end: () => void socket.destroy(),
  };
}

/** A request without a body. */
export function requestText(path: string, method = 'GET', headers: readonly string[] = []): string {
  return [`${method} ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n');
}

function readAnswer(text: string): { answer: RawAnswer; rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const length = Number(headers.get('content-length') ?? 0);
  const body = text.slice(end + 4, end + 4 + length);
  if (body.length < length) return undefined;
  const answer = { status: Number(statusLine.split(' ')[1]), headers, body };
  return { answer, rest: text.slice(end + 4 + length) };
}
