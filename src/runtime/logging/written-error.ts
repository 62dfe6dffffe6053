type Fields = Record<string, unknown>;

/** Causes of one error that are told. */
const CAUSES = 10;

/**
 * An error as a log line shows it, as pino's own serializer does: its class, its message and its stack with those of its
 * causes, its own fields, and the members of an AggregateError. It does not change the error, which may be frozen, and
 * asks no `toJSON` of its own. The values
 * of the fields are left as they are.
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
