/** An aborted transaction, as a broker lists those of the batches that it sends. */
export interface AbortedTransaction {
  producerId: bigint;
  firstOffset: number;
}

/** Tracks the producers inside an aborted transaction, while batches are read in order. */
export class AbortedProducers {
  private readonly coming: AbortedTransaction[];
  private readonly aborted = new Set<bigint>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.coming = transactions.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Adds the transactions that began at `offset` or before. */
  reach(offset: number): void {
    for (let [next] = this.coming; next && next.firstOffset <= offset; [next] = this.coming) {
      this.aborted.add(next.producerId);
      this.coming.shift();
    }
  }

  has(producerId: bigint): boolean {
    return this.aborted.has(producerId);
  }

  /** The producer's transaction has ended: its later records count. */
  end(producerId: bigint): void {
    this.aborted.delete(producerId);
  }
}
