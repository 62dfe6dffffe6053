/** The answer to a call, with its whole body. */
export interface ClientResponse<Body> {
  status: number;
  headers: Headers;
  /** The parsed JSON, or the text of another type; undefined without a body. Its type is not checked. */
  body: Body;
}

/** An unexpected status that is not an outage: the call itself is wrong, or the other side has a defect. */
export class HttpResponseError extends Error {
  override name = 'HttpResponseError';
  readonly status: number;
  declare readonly headers: Headers;
  /** The parsed JSON or the text of the response. No log line has it unless you log it. */
  declare readonly body: unknown;

  constructor(message: string, { status, headers, body }: ClientResponse<unknown>) {
    super(message);
    this.status = status;
    // a logger writes the enumerable fields of an error, and the answer may contain personal data
    Object.defineProperties(this, { headers: { value: headers }, body: { value: body } });
  }
}

/** The other side sent a response that is too large, not JSON or an HTML page, or redirected to another origin. */
export class InvalidResponseError extends Error {
  override name = 'InvalidResponseError';
}

/**
 * Reads the whole body, at most `limit` bytes. Throws an InvalidResponseError if it is larger, if it is not JSON although its type
 * says so, or if it is an HTML page with a status of 2xx that `accept` does not ask for, as login pages and wrong addresses send.
 */
export async function readResponse(
  response: Response,
  { limit, accept }: { limit: number; accept: string | null },
): Promise<ClientResponse<unknown>> {
  const { status, headers } = response;
  const text = await textOf(response, limit);
  if (response.ok && isHtml(headers) && !/html|\*\/\*|text\/\*/i.test(accept ?? '*/*'))
    throw new InvalidResponseError(
      'the body is an HTML page; check baseUrl, or send the header accept: text/html if the API answers with pages',
    );
  return { status, headers, body: text === '' ? undefined : parsed(text, headers) };
}

async function textOf({ body }: Response, limit: number): Promise<string> {
  if (!body) return '';
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  // leaving the loop cancels the stream
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > limit)
      throw new InvalidResponseError(`the body has more than ${limit} bytes; raise responseLimit`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const isHtml = (headers: Headers): boolean =>
  /^(?:text\/html|application\/xhtml\+xml)\b/i.test(headers.get('content-type') ?? '');

function parsed(text: string, headers: Headers): unknown {
  if (!/[/+]json\b/.test(headers.get('content-type') ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidResponseError('the body is not JSON, although its content-type says so', { cause });
  }
}
