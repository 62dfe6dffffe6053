import { setTimeout as delay } from 'node:timers/promises';
import { portHolderText } from '../../processes/port-holder.ts';
import { type Address, addressText, ask, isLocal } from '../environment/address.ts';

/** The listener at an address: nothing, a server with the expected protocol, or another program. */
export type Finding = 'nothing' | 'server' | 'stranger';

/** The time after which a silent listener counts as another program, in ms. */
const silencePatience = 10_000;

/** Says who keeps an address and does not answer, and how long dev waits for an answer. */
export async function silenceText(address: Address): Promise<string> {
  const who = isLocal(address) ? await portHolderText(address.port) : 'the server';
  return `${who} accepts connections at ${addressText(address)} and does not answer; dev waits up to ${silencePatience / 1_000} s`;
}

/** SSLRequest: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Sends an SSLRequest, which PostgreSQL answers with one letter before any login. */
export async function findPostgres(address: Address, patience = silencePatience): Promise<Finding> {
  const answer = await askPatiently(address, { question: sslRequest, enough: 1, patience });
  if (!answer) return 'nothing';
  return /^[SNE]$/.test(answer.toString('latin1', 0, 1)) && answer.length < 5 ? 'server' : 'stranger';
}

/** Request header v1 with ApiVersions v0, a correlation id of our own and no client id: https://kafka.apache.org/protocol */
const correlationId = 0x6d737663;
const apiVersions = Buffer.alloc(14);
apiVersions.writeInt32BE(10, 0);
apiVersions.writeInt16BE(18, 4);
apiVersions.writeInt32BE(correlationId, 8);
apiVersions.writeInt16BE(-1, 12);

/**
 * Sends ApiVersions, which every broker answers before any login.
 * @param patience how long to repeat the question to a silent listener, in ms
 */
export async function findKafka(address: Address, patience = silencePatience): Promise<Finding> {
  const answer = await askPatiently(address, { question: apiVersions, enough: 8, patience });
  if (!answer) return 'nothing';
  return answer.length >= 8 && answer.readInt32BE(4) === correlationId ? 'server' : 'stranger';
}

interface Question {
  question: Uint8Array;
  /** The number of bytes that identify the server. */
  enough: number;
  patience: number;
}

/** A server that is starting, stopping or busy accepts, then hangs up or stays silent: that is not an answer yet. */
async function askPatiently(address: Address, { question, enough, patience }: Question) {
  const deadline = performance.now() + patience;
  for (;;) {
    const answer = await ask(address, question, enough);
    if (answer?.length !== 0 || performance.now() >= deadline) return answer;
    await delay(100);
  }
}
