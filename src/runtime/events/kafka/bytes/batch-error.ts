/** The bytes of a record batch cannot be read; the message continues "the batch ..." with the reason. */
export class BatchError extends Error {
  override name = 'BatchError';
}
