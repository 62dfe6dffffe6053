/** The fields of a log line, or of an error in it. */
export type Fields = Record<string, unknown>;

/** The most causes of one error in a line. */
const CAUSES = 10;

/**
 * Converts an error for a log line, like pino's own serializer: class, message and stack, including those of its causes, its
 * own fields, and the members of an AggregateError. Neither changes the error, which may be frozen, nor calls its `toJSON`.
 * The values of the fields stay unchanged.
 */
export function writtenError(error: Error): Fields {
  const chain = causesOf(error);
  const { name, cause } = error;
  const own: Fields = Object.fromEntries(Object.entries(error));
  for (const written of ['cause', 'errors', 'type', 'message', 'stack', 'toJSON']) delete own[written];
  return {
    type: typeof error.constructor === 'function' ? error.constructor.name : name,
    message: chain.map(({ message }) => message).join(': '),
    stack: chain.map((each) => each.stack ?? `${each.name}: ${each.message}`).join('\ncaused by: '),
    ...('errors' in error && { aggregateErrors: error.errors }),
    ...(cause !== undefined && !(cause instanceof Error) && { cause }),
    ...own,
  };
}

function causesOf(error: Error): Error[] {
  const chain: Error[] = [];
  for (let each: unknown = error; each instanceof Error && chain.length <= CAUSES; each = each.cause) {
    if (chain.includes(each)) break;
    chain.push(each);
  }
  return chain;
}
