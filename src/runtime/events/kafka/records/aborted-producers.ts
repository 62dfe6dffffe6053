/** A transaction that was aborted, as a broker lists those of the batches that it sends. */
export interface AbortedTransaction {
  producerId: bigint;
  firstOffset: number;
}

/** Which producers are within an aborted transaction, while batches are read in order. */
export class AbortedProducers {
  private readonly coming: AbortedTransaction[];
  private readonly aborted = new Set<bigint>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.coming = transactions.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Takes note of the transactions that have begun at `offset` or before. */
  reach(offset: number): void {
    for (let [next] = this.coming; next && next.firstOffset <= offset; [next] = this.coming) {
      this.aborted.add(next.producerId);
      this.coming.shift();
    }
  }

  has(producerId: bigint): boolean {
    return this.aborted.has(producerId);
  }

  /** The producer's transaction has ended: what it writes from here on counts. */
  end(producerId: bigint): void {
    this.aborted.delete(producerId);
  }
}
