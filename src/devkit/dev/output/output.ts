import type { Readable } from 'node:stream';

/** Shows the events of one service, or of `dev` itself. */
export interface Output {
  /** Prints a line. */
  say: (line: string) => void;
  /** Prints a line about a step of the start; a terminal shows its result in the table instead. */
  detail: (line: string) => void;
  /** Copies every line of a stream of the service; undefined if the service prints to our output itself. */
  pass?: (stream: Readable, name: 'stdout' | 'stderr') => void;
  /** The service restarts because this file changed. */
  changed: (file: string) => void;
  /** The service answers at this address. */
  answers: (url: string) => void;
  /** The service ended, and starts again after `pause` ms. */
  ended: (code: number, pause: number) => void;
}

/** A row of the table of services. */
export interface ServiceRow {
  name: string;
  url: string;
  /** Why it does not answer: it ended, or it takes long. */
  problem?: 'ended' | 'late';
  /** The description of its PostgreSQL, with the owner in parentheses. */
  database: string;
}

/** The output of a run of `dev`. */
export interface Display {
  /** Lines that belong to no single service. */
  dev: Output;
  of: (name: string) => Output;
  /** Says that the start begins. */
  start: () => void;
  /** Shows the addresses of all services and of Kafka. */
  table: (rows: ServiceRow[], kafka: string) => void;
  /** Says that everything is about to stop. */
  stopping: () => void;
  /** Shows a summary when everything has ended. */
  end: () => void;
}
