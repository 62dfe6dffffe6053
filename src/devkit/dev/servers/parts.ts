import type { AuthConfig, KafkaConfig } from 'microservice-runtime';
import { dataDirectory, issuerKeyFile } from './data-directory.ts';
import type { Address } from '../environment/address.ts';
import { parseDatabaseUrl } from '../environment/database-address.ts';
import { openDatabase } from './database-part.ts';
import { DevError } from '../environment/dev-error.ts';
import type { DevPart } from './dev-part.ts';
import type { Output } from '../output/output.ts';
import { atMost } from '../../patience.ts';
import type { StopMode } from '../../postgres/postgres.ts';
import { embeddedIssuer, openIssuer } from './issuer-part.ts';
import { openKafka } from './kafka-part.ts';

/** `say` receives a wait and a replaced server, `detail` the server at the start. */
type Steps = Pick<Output, 'say' | 'detail'>;

/** The time for a server that is still starting, in ms. A later one ends with this process. */
const openPatience = 3_000;

async function stopOpened(opening: Promise<DevPart>, mode?: StopMode): Promise<void> {
  const part = await atMost(
    openPatience,
    opening.catch(() => undefined),
  );
  await part?.stop(mode);
}

/** The servers that the services need; each is opened once. */
export interface Parts {
  /** Opens the PostgreSQL of the service at `root`; resolves to its description for the user. */
  database: (root: string, databaseUrl: string, output: Steps) => Promise<string>;
  /** Opens the Kafka of the workspace; resolves to its description for the user. */
  kafka: (config: KafkaConfig) => Promise<string>;
  /** Opens the issuer of tokens if `dev` can serve it; does nothing for any other, and for a service without tokens. */
  issuer: (auth: AuthConfig | undefined) => Promise<void>;
  /** Registers a function to call after all servers have ended. */
  onStop: (end: () => Promise<void>) => void;
  /** Rejects when a server is gone and cannot be replaced; never resolves. */
  lost: Promise<never>;
  /** Stops every server that was started, also those that start within a few seconds. Safe to repeat, to hurry a stop. */
  stop: (mode?: StopMode) => Promise<void>;
}

/** @param output receives the address of Kafka */
export function createParts(workspace: string, output: Steps): Parts {
  const opened: Promise<DevPart>[] = [];
  const ends: (() => Promise<void>)[] = [];
  const addresses = new Map<string, Promise<unknown>>();
  const issuers = new Map<string, Promise<DevPart>>();
  let kafka: { servers: string; part: Promise<DevPart> } | undefined;
  let lose: (error: DevError) => void;
  const lost = new Promise<never>((_, reject) => (lose = reject));
  lost.catch(() => undefined);

  function keep(opening: Promise<DevPart>): Promise<DevPart> {
    opened.push(opening);
    void opening.then(
      async (part) => lose(new DevError(`${await part.lost} dev has stopped everything. Start dev again.`)),
      () => undefined,
    );
    return opening;
  }

  async function database(root: string, databaseUrl: string, told: Steps): Promise<string> {
    const show = (description: string) => told.say(`PostgreSQL  ${description}`);
    const { host, port } = parseDatabaseUrl(databaseUrl);
    const before = addresses.get(`${host}:${port}`); // of two services with one address, the second finds the server of the first
    const open = async () => openDatabase(databaseUrl, await dataDirectory(root, 'postgres'), show);
    const part = keep(Promise.resolve(before).then(open, open));
    addresses.set(`${host}:${port}`, part);
    const { description } = await part;
    told.detail(`PostgreSQL  ${description}`);
    return description;
  }

  async function openWorkspaceKafka(config: KafkaConfig): Promise<DevPart> {
    const show = (description: string) => output.say(`Kafka       ${description}`);
    const part = await openKafka(config, await dataDirectory(workspace, 'kafka'), show);
    output.detail(`Kafka       ${part.description}`);
    return part;
  }

  async function openWorkspaceIssuer(issuer: string, address: Address): Promise<DevPart> {
    const show = (description: string) => output.say(`Tokens      ${description}`);
    const part = await openIssuer(issuer, address, await issuerKeyFile(workspace), show);
    output.detail(`Tokens      ${part.description}`);
    return part;
  }

  return {
    database,
    issuer: async (auth) => {
      const address = auth && embeddedIssuer(auth);
      if (!address) return;
      const opening = issuers.get(auth.issuer) ?? keep(openWorkspaceIssuer(auth.issuer, address));
      issuers.set(auth.issuer, opening);
      await opening;
    },
    kafka: async (config) => {
      const servers = config.bootstrapServers.join(',');
      kafka ??= { servers, part: keep(openWorkspaceKafka(config)) };
      if (kafka.servers !== servers) {
        throw new DevError(
          `KAFKA_BOOTSTRAP_SERVERS is ${servers}, but another service has ${kafka.servers}, so the services could not exchange events. Use the same value in both .env files.`,
        );
      }
      return (await kafka.part).description;
    },
    onStop: (end) => void ends.push(end),
    lost,
    stop: async (mode) => {
      await Promise.all(opened.map((opening) => stopOpened(opening, mode)));
      await Promise.all(ends.map((end) => end()));
    },
  };
}
