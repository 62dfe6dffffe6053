import { once } from 'node:events';

/**
 * One side of the comparison as a process: `side.ts <hand-written|generated> <database url>`. Prints its address, then its
 * CPU time in microseconds on request.
 */
const [name, databaseUrl = ''] = process.argv.slice(2);

async function serve(): Promise<string> {
  if (name === 'generated') return (await (await import('./generated.ts')).start(databaseUrl)).url;
  const server = (await import('./hand-written.ts')).start(databaseUrl);
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => process.exit(0));
process.send?.(await serve());
