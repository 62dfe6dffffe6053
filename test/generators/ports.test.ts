import assert from 'node:assert/strict';
import { nextPort, portFault } from '../../generators/service/stored/ports.ts';

const siblingsUpTo = (port: number) =>
  Array.from({ length: port - 8000 }, (_, n) => ({ folder: `/services/s${n}`, answers: { port: 8001 + n } }));

describe('the port of a new service', () => {
  it('is none of the ports of Kafka and of the development issuer', () => {
    assert.equal(nextPort('port', siblingsUpTo(9091)), 9094);
    assert.equal(nextPort('port', siblingsUpTo(9399)), 9401);
    assert.equal(portFault('port', 9400, []), '9400 is the port of the development issuer; 8001 is free');
    assert.equal(portFault('databasePort', 9093, []), '9093 is the port of Kafka; 5432 is free');
  });
});
