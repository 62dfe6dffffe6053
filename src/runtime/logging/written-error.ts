/** The fields of a log line, or of an error in it. */
export type Fields = Record<string, unknown>;

/** The most causes of one error in a line. */
const CAUSES = 10;

/**
 * Converts an error for a log line, like pino's own serializer: class, message and stack, including those of its causes, its
 * own fields, and the members of an AggregateError. Neither changes the error, which may be frozen, nor calls its `toJSON`.
 * The values of the fields stay unchanged. The message omits a cause that an earlier message contains.
 */
export function writtenError(error: Error): Fields {
  const chain = causesOf(error);
  const { name, cause } = error;
  const own: Fields = Object.fromEntries(Object.entries(error));
  for (const written of ['cause', 'errors', 'type', 'message', 'stack', 'toJSON']) delete own[written];
  return {
    type: typeof error.constructor === 'function' ? error.constructor.name : name,
    message: messagesOf(chain).join(': '),
    stack: chain.map((each) => each.stack ?? `${each.name}: ${each.message}`).join('\ncaused by: '),
    ...('errors' in error && { aggregateErrors: error.errors }),
    ...(cause !== undefined && !(cause instanceof Error) && { cause }),
    ...own,
  };
}

function messagesOf(chain: readonly Error[]): unknown[] {
  const messages: unknown[] = chain.map(({ message }) => message); // a library may set any value
  return messages.filter(
    (message, index) => !messages.slice(0, index).some((earlier) => contains(earlier, message)),
  );
}

const contains = (text: unknown, part: unknown): boolean =>
  typeof text === 'string' && typeof part === 'string' && text.includes(part);

function causesOf(error: Error): Error[] {
  const chain: Error[] = [];
  for (let each: unknown = error; each instanceof Error && chain.length <= CAUSES; each = each.cause) {
    if (chain.includes(each)) break;
    chain.push(each);
  }
  return chain;
}
