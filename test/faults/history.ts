/** A transfer that was committed, as the sender's database has it. */
export interface Sent {
  transfer: string;
  account: string;
  sequence: number;
  recipient: string;
  amount: number;
  poisoned: boolean;
  sentAt: number;
}

/** A transfer that was credited, as the receiver's database has it. */
export interface Handled extends Sent {
  /** Grows with every crediting of one database. */
  place: number;
  topic: string;
  partition: number;
  handledAt: number;
}

export interface FaultRecord {
  kind: string;
  target: string;
  /** Milliseconds of the epoch. */
  begun: number;
  ended: number;
}

/** The complete record of a campaign, after everything has come to rest; times are in ms since the epoch. */
export interface History {
  sent: Sent[];
  handled: Handled[];
  /** Transfers that were published in transactions which were then rolled back. */
  rolledBack: string[];
  /** All the money there was, and all there is. */
  money: { before: number; after: number };
  faults: FaultRecord[];
  /** Instants from which on the flow was to recover: all faults were over. */
  calms: number[];
}
