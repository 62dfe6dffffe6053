import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../src/devkit/postgres/server/free-port.ts';
import { startOwnKafka } from './own-kafka.ts';

export interface SecureKafka {
  bootstrapServers: string;
  /** A listener without users, on which everything is allowed. */
  adminServers: string;
  /** The variables with which a service can log in. */
  variables: Record<string, string>;
  stop: () => Promise<void>;
}

/** The user to whom the rules of topics apply. */
export const username = 'order-service';
const password = 'open sesame';
const keystorePassword = 'keystore';

/** Starts Apache Kafka with TLS, a certificate created for it, and one user for PLAIN and SCRAM. */
export async function startSecureKafka(): Promise<SecureKafka> {
  const directory = await mkdtemp(join(tmpdir(), 'kafka-certificate-'));
  const keystore = join(directory, 'keystore.p12');
  const certificate = join(directory, 'certificate.pem');
  await writeFile(certificate, makeCertificate(keystore));
  const port = await findFreePort('127.0.0.1');
  const kafka = await startOwnKafka({ port, keystore, keystorePassword, username, password });
  return {
    bootstrapServers: `127.0.0.1:${port}`,
    adminServers: kafka.bootstrapServers,
    variables: {
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: certificate,
      KAFKA_SASL_USERNAME: username,
      KAFKA_SASL_PASSWORD: password,
    },
    async stop() {
      await kafka.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** Creates a key and returns its certificate, for 127.0.0.1, as PEM. */
function makeCertificate(keystore: string): string {
  const store = [
    '-alias',
    'kafka',
    '-keystore',
    keystore,
    '-storetype',
    'PKCS12',
    '-storepass',
    keystorePassword,
  ];
  const key = ['-keyalg', 'RSA', '-dname', 'CN=kafka', '-ext', 'san=ip:127.0.0.1', '-validity', '2'];
  execFileSync('keytool', ['-genkeypair', ...store, ...key], { stdio: 'pipe' });
  return execFileSync('keytool', ['-exportcert', '-rfc', ...store], { encoding: 'utf8', stdio: 'pipe' });
}
