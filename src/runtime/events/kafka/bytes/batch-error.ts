/** The bytes of a record batch cannot be read; the message says why, and continues "the batch ...". */
export class BatchError extends Error {
  override name = 'BatchError';
}
