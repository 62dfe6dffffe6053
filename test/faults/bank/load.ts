import { randomInt, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Part } from 'microservice-runtime';
import type { Poison } from './money.ts';
import type { RollBack, Transfer } from './sending.ts';

export interface LoadOptions {
  accounts: readonly string[];
  recipients: readonly string[];
  /** One in this number of transfers is poisonous. */
  poisonEvery: number;
  /** The file to which this process writes its history, one JSON text per line. */
  history: string;
  send(transfer: Transfer, rollBack?: RollBack): Promise<void>;
}

export interface Load extends Part {
  /** Transfers per second, from now on. */
  setRate(rate: number): void;
}

const workers = 6;
const rollBackEvery = 20;
const strangerEvery = 100;
const attempts = 3;

/** Sends money all the time; a failure is retried as another transfer, as impatient clients do. */
export function createLoad(options: LoadOptions): Load {
  const stopping = new AbortController();
  let rate = 0;
  let working: Promise<unknown> = Promise.resolve();

  async function work(): Promise<void> {
    let due = performance.now();
    while (!stopping.signal.aborted) {
      if (rate > 0) await request();
      due = Math.max(due + (workers * 1_000) / Math.max(rate, 1), performance.now() - 1_000);
      await pause(Math.max(0, due - performance.now()), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  async function request(): Promise<void> {
    const id = randomUUID();
    const index = randomInt(options.accounts.length);
    const stranger = randomInt(strangerEvery) === 0;
    const recipient = options.recipients[stranger ? randomInt(options.recipients.length) : index] ?? '';
    const rollBack = drawRollBack();
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const transfer = `${id}/${attempt}`;
      if (rollBack) note({ what: 'rolled back', transfer, how: rollBack });
      const failure = await options
        .send(
          {
            transfer,
            account: options.accounts[index] ?? '',
            recipient,
            amount: randomInt(1, 10),
            poison: drawPoison(),
          },
          rollBack,
        )
        .then(() => undefined, String);
      if (failure === undefined || rollBack || stopping.signal.aborted) return;
      note({ what: 'uncertain', transfer, failure });
    }
  }

  const drawRollBack = (): RollBack | undefined =>
    randomInt(rollBackEvery) > 0 ? undefined : randomInt(2) > 0 ? 'thrown' : 'refused';

  function drawPoison(): Poison | undefined {
    if (randomInt(options.poisonEvery) > 0) return undefined;
    return { error: randomInt(2) > 0 ? 'failure' : 'bug', tries: randomInt(1, 6) };
  }

  /** Written immediately, so that SIGKILL loses nothing. */
  function note(entry: object): void {
    appendFileSync(options.history, `${JSON.stringify(entry)}\n`);
  }

  return {
    name: 'load',
    setRate(wanted) {
      rate = wanted;
    },
    async start() {
      working = Promise.all(Array.from({ length: workers }, work));
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
