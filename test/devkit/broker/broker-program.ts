import { startBroker } from '../../../src/devkit/broker/broker.ts';

const [directory] = process.argv.slice(2);
const broker = await startBroker(directory === undefined ? {} : { directory });
process.send?.(broker.bootstrapServers);
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
