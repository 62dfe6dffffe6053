export interface Ports {
  broker: number;
  controller: number;
}

/** A third listener, with TLS and a login. */
export interface SecureListener {
  port: number;
  /** A PKCS12 file with the broker's key and certificate. */
  keystore: string;
  keystorePassword: string;
  username: string;
  password: string;
}

/** The settings of a single KRaft node for tests: loopback, one replica, fast groups and fast restarts. */
export function serverProperties(directory: string, ports: Ports, secure?: SecureListener): string {
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.broker}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': directory,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '500',
    // After SIGKILL, a broker id is refused until its old session ends: 9 s by default.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '300',
  };
  if (secure) addSecureListener(settings, secure);
  return propertiesText(settings);
}

/** Formats settings as a properties file. */
export const propertiesText = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

function addSecureListener(settings: Record<string, string>, secure: SecureListener): void {
  const address = `,SECURE://127.0.0.1:${secure.port}`;
  settings.listeners += address;
  settings['advertised.listeners'] += address;
  settings['listener.security.protocol.map'] += ',SECURE:SASL_SSL';
  const login = 'org.apache.kafka.common.security';
  const of = (mechanism: string) => `listener.name.secure.${mechanism}.sasl.jaas.config`;
  Object.assign(settings, {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    [of('plain')]: `${login}.plain.PlainLoginModule required user_${secure.username}="${secure.password}";`,
    [of('scram-sha-256')]: `${login}.scram.ScramLoginModule required;`,
    [of('scram-sha-512')]: `${login}.scram.ScramLoginModule required;`,
    // accepts unsigned tokens, which is enough for the tests of this listener
    [of('oauthbearer')]:
      `${login}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    // rules apply only to topics that have some; the plain listener, without users, may do everything
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'true',
    'super.users': 'User:ANONYMOUS',
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': secure.keystore,
    'ssl.keystore.password': secure.keystorePassword,
  });
}
