import { pathToFileURL } from 'node:url';

/** A module of one side: starts its service, and resolves to its address. */
export interface SideModule {
  start: (databaseUrl: string) => Promise<string>;
}

/**
 * One side of the comparison as a process: `side.mjs <compiled module> <database url>`. Sends its address, then its CPU time in
 * microseconds on request.
 */
const [module = '', databaseUrl = ''] = process.argv.slice(2);

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => process.exit(0));
const { start }: SideModule = await import(pathToFileURL(module).href);
process.send?.(await start(databaseUrl));
