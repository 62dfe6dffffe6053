import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { kafkaClasspath } from './kafka-jars.ts';

/** Kafka's own Java client, which writes events in transactions. Each call resolves when the broker has acknowledged it. */
export interface TransactionalProducer {
  commit(...texts: string[]): Promise<void>;
  abort(...texts: string[]): Promise<void>;
  /** Writes events into a transaction that stays open until `close` commits it. */
  open(...texts: string[]): Promise<void>;
  close(): Promise<void>;
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, 'TransactionalProducer.java');
const jvm = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** Compiles and starts it with the JDK; resolves when it is ready. Rejects with its output if it fails. */
export async function startTransactionalProducer(
  bootstrapServers: string,
  { topic, type }: { topic: string; type: string },
): Promise<TransactionalProducer> {
  const classpath = await kafkaClasspath();
  const java = spawn('java', [...jvm, '-cp', classpath, program, bootstrapServers, topic, type]);
  const exited = once(java, 'exit');
  const complaints: string[] = [];
  java.stderr.on('data', (text: Buffer) => complaints.push(text.toString()));
  const answers = createInterface({ input: java.stdout })[Symbol.asyncIterator]();

  async function done(): Promise<void> {
    const { value } = await answers.next();
    if (value !== 'done') throw new Error(`the Java producer ended: ${complaints.join('')}`);
  }
  function tell(verb: string, texts: string[]): Promise<void> {
    java.stdin.write(`${[verb, ...texts].join(' ')}\n`);
    return done();
  }

  await done();
  return {
    commit: (...texts) => tell('commit', texts),
    abort: (...texts) => tell('abort', texts),
    open: (...texts) => tell('open', texts),
    close: () => tell('close', []),
    async stop() {
      java.stdin.end();
      await exited;
    },
  };
}
