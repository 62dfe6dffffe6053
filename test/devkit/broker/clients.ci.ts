import { clients } from './clients/catalog.ts';
import {
  installConfluent,
  installJava,
  installKafkaPython,
  installPlatformatic,
} from './clients/client-programs.ts';
import { clientSuite } from './clients/client-suite.ts';

describe('embedded broker', () => {
  clientSuite(clients.platformatic, installPlatformatic);
  clientSuite(clients.java, installJava);
  clientSuite(clients.confluent, installConfluent);
  clientSuite(clients.kafkaPython, installKafkaPython);
});
