import { type KafkaConfig, createKafkaDriver, createLogger } from 'microservice-runtime';
import path from 'node:path';
import { startBroker } from '../../broker/broker.ts';
import { DirectoryTakenError, lockFile } from '../../broker/directory-lock.ts';
import { errorCode, errorMessage } from '../../errors.ts';
import { type Holder, readHolder } from '../../processes/directory-lock.ts';
import { portHolderText } from '../../processes/port-holder.ts';
import { waitFor } from '../../testing/wait-for.ts';
import { type Address, addressText, isLocal, listenHost, parseAddress } from '../environment/address.ts';
import { DevError } from '../environment/dev-error.ts';
import { assertMayShare, findBrokerOwner, ownerText } from './broker-owner.ts';
import { type DevPart, type Tell, shownPath } from './dev-part.ts';
import { tellIfSlow } from '../../patience.ts';
import { type Finding, findKafka, silenceText } from './protocols.ts';
import { type Serving, keepServing } from './serving.ts';
import { untilServerCloses } from './until-server-closes.ts';

/**
 * Uses the Kafka at the configured addresses. If nothing answers there, starts an embedded broker with its log in
 * `directory`. If the embedded broker of another `dev` ends, starts one with the same log and reports that to `say`. Throws a
 * DevError if neither is possible.
 */
export function openKafka(config: KafkaConfig, directory: string, say: Tell): Promise<DevPart> {
  return keepServing(() => serve({ config, directory, say }), say);
}

interface Place {
  config: KafkaConfig;
  directory: string;
  say: Tell;
}

async function serve(place: Place): Promise<Serving> {
  const { config, say } = place;
  const addresses = config.bootstrapServers.map(parseAddress);
  const findings = await Promise.all(
    addresses.map((address) =>
      tellIfSlow(find(address, config), async () => say(await silenceText(address))),
    ),
  );
  const answering = addresses[findings.indexOf('server')];
  if (answering) return useFound(place, answering);
  const occupied = addresses[findings.indexOf('stranger')];
  if (!occupied) return startEmbedded(place, addresses);
  const who = isLocal(occupied) ? ` but ${await portHolderText(occupied.port)}` : '';
  throw new DevError(
    `KAFKA_BOOTSTRAP_SERVERS: the server at ${addressText(occupied)} is not Kafka${config.ssl ? '' : ' without TLS'}${who}. Change the port in .env, or stop that process.`,
  );
}

/** A broker that requires TLS does not answer a plain-text question, so this does not wait for one; the login checks the server. */
async function find(address: Address, config: KafkaConfig): Promise<Finding> {
  if (!config.ssl) return findKafka(address);
  const finding = await findKafka(address, 0);
  return finding === 'stranger' ? 'server' : finding;
}

async function useFound(place: Place, address: Address): Promise<Serving> {
  const { config, directory, say } = place;
  const waits = `the Kafka at ${addressText(address)} does not answer the login; dev waits up to 15 s`;
  const refused = await tellIfSlow(assertLetIn(config, address), () => say(waits)).catch(
    (error: unknown) => error,
  );
  if (refused) {
    if ((await find(address, config)) === 'nothing') return serve(place); // it was about to end
    throw refused;
  }
  const holder = await readHolder(lockFile(directory));
  const isOurs = holder?.port === address.port;
  const owner = isOurs ? undefined : await findBrokerOwner(address);
  if (owner) await assertMayShare(owner, address, path.resolve(directory, '..', '..'));
  const whose = isOurs ? `embedded, of process ${holder.pid}` : owner ? ownerText(owner) : 'already running';
  const description = `${config.bootstrapServers.join(',')} (${whose})`;
  return { description, stop: () => Promise.resolve(), ...(isOurs && { gone: untilServerCloses(address) }) };
}

async function assertLetIn(config: KafkaConfig, address: Address): Promise<void> {
  const logger = createLogger({ serviceName: 'microservice-devkit', logLevel: 'silent' });
  const driver = createKafkaDriver(config, { clientId: 'microservice-devkit', logger });
  try {
    await driver.ensureTopics([]);
  } catch (cause) {
    throw new DevError(
      `KAFKA_BOOTSTRAP_SERVERS: the Kafka at ${addressText(address)} rejects the login: ${errorMessage(cause)}. Correct KAFKA_SASL_* and KAFKA_SSL* in .env, or change the port to a free one: dev starts an embedded broker there.`,
      { cause },
    );
  } finally {
    await driver.close();
  }
}

async function startEmbedded(place: Place, addresses: Address[]): Promise<Serving> {
  const { config } = place;
  const address = addresses.find(isLocal);
  const shown = addresses.map(addressText).join(',');
  if (!address) {
    throw new DevError(
      `KAFKA_BOOTSTRAP_SERVERS: nothing answers at ${shown}. Start Kafka there, or use localhost: dev starts an embedded broker there.`,
    );
  }
  if (config.ssl || config.sasl) {
    throw new DevError(
      `KAFKA_BOOTSTRAP_SERVERS: nothing answers at ${shown}, and the embedded broker supports neither TLS nor SASL. Start Kafka there, or remove KAFKA_SSL and KAFKA_SASL_MECHANISM from .env.`,
    );
  }
  return startBrokerAt(place, address);
}

async function startBrokerAt(place: Place, address: Address): Promise<Serving> {
  const { directory } = place;
  try {
    const { host: advertisedHost, port } = address;
    const broker = await startBroker({ host: listenHost(address), port, advertisedHost, directory });
    const description = `${addressText(address)} (embedded, ${shownPath(directory)})`;
    return { description, stop: () => broker.stop() };
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return serve(place);
    if (error instanceof DirectoryTakenError) return joinHolder(place, address, error.holder);
    throw error;
  }
}

/** Another `dev` has the log: its broker is about to answer, on our port or on another one. */
async function joinHolder(place: Place, address: Address, holder: Holder): Promise<Serving> {
  const { directory, say } = place;
  if (holder.port !== address.port) {
    throw new DevError(
      `KAFKA_BOOTSTRAP_SERVERS: the embedded broker of process ${holder.pid} serves ${shownPath(directory)} on port ${holder.port}. Set KAFKA_BOOTSTRAP_SERVERS to localhost:${holder.port} in .env, or stop that process.`,
    );
  }
  const answers = async () =>
    (await findKafka(address)) === 'server' || !(await readHolder(lockFile(directory)));
  const message = `the embedded broker of process ${holder.pid}`;
  await tellIfSlow(waitFor(answers, { timeout: 15_000, message }), () =>
    say(`dev waits up to 15 s for ${message}`),
  );
  return serve(place);
}
