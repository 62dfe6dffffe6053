/** The calls of one mechanism that a request passes, by the names of their lines in the table. */
export interface Part {
  calls: Record<string, () => Promise<unknown>>;
  /** Ends the servers of the part. */
  stop?: () => Promise<void>;
}
