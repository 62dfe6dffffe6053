/**
 * A statement without values and without rows in the extended query protocol: Parse, Bind and Execute of the unnamed statement.
 * PostgreSQL runs it at once, and answers at the next Sync. After an error it skips everything up to that Sync.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export const statementMessages = (text: string): Buffer =>
  Buffer.concat([
    message('P', `\0${text}\0${INT16_ZERO}`),
    message('B', `\0\0${INT16_ZERO}${INT16_ZERO}${INT16_ZERO}`),
    message('E', `\0${INT16_ZERO}${INT16_ZERO}`),
  ]);

const INT16_ZERO = '\0\0';

function message(type: string, body: string): Buffer {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body));
  bytes.write(type);
  bytes.writeInt32BE(bytes.length - 1, 1);
  bytes.write(body, 5);
  return bytes;
}
