import { startBroker } from '../src/devkit/broker/broker.ts';

/** The embedded broker as a process, compiled as for `npm run dev`: `broker-program [directory]`. */
const [directory] = process.argv.slice(2);
const broker = await startBroker(directory === undefined ? {} : { directory });
process.send?.(broker.bootstrapServers);
process.on('disconnect', () => process.exit(0));
