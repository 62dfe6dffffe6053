import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createTokenProvider } from '../../../src/runtime/events/kafka/oauth-token.ts';

interface Answer {
  status?: number;
  body: unknown;
}

describe('tokens for SASL OAUTHBEARER', () => {
  let server: Server;
  let requests: { authorization: string | undefined; body: string }[];
  let answer: () => Answer;
  let clock: number;

  beforeEach(async () => {
    requests = [];
    clock = 0;
    let number = 0;
    answer = () => ({ body: { access_token: `token-${++number}`, token_type: 'Bearer', expires_in: 100 } });
    server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => void server.close());

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests.push({ authorization: request.headers.authorization, body: await text(request) });
    const { status = 200, body } = answer();
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  const provider = (tokenEndpointUrl = urlOf()) =>
    createTokenProvider(
      { tokenEndpointUrl, clientId: 'order service', clientSecret: 'a:b/ü', scope: 'kafka' },
      () => clock,
    );

  it('are requested as RFC 6749 requires, with form-encoded id and secret', async () => {
    assert.deepEqual(await provider()(), { value: 'token-1' });
    const [request] = requests;
    const credentials = Buffer.from(request?.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    assert.equal(credentials, 'order+service:a%3Ab%2F%C3%BC');
    assert.equal(request?.body, 'grant_type=client_credentials&scope=kafka');
  });

  it('are shared by concurrent requests and until four fifths of their lifetime', async () => {
    const token = provider();
    const tokens = await Promise.all([token(), token(), token()]);
    assert.deepEqual(
      tokens.map(({ value }) => value),
      ['token-1', 'token-1', 'token-1'],
    );
    clock = 79_999;
    assert.deepEqual(await token(), { value: 'token-1' });
    clock = 80_000;
    assert.deepEqual(await token(), { value: 'token-2' });
    assert.equal(requests.length, 2);
  });

  it('are renewed five seconds before their end, since a login takes the remaining lifetime', async () => {
    answer = () => ({ body: { access_token: `token-${requests.length}`, expires_in: 10 } });
    const token = provider();
    await token();
    clock = 4_999;
    assert.deepEqual(await token(), { value: 'token-1' });
    clock = 5_000;
    assert.deepEqual(await token(), { value: 'token-2' });
  });

  it('are requested each time if their lifetime is unknown', async () => {
    answer = () => ({ body: { access_token: `token-${requests.length}` } });
    const token = provider();
    assert.deepEqual([await token(), await token()], [{ value: 'token-1' }, { value: 'token-2' }]);
  });

  it('are used until their end if the server fails, and not longer', async () => {
    const token = provider();
    await token();
    answer = () => ({ status: 503, body: 'busy' });
    clock = 90_000;
    assert.deepEqual(await token(), { value: 'token-1' });
    clock = 100_000;
    await assert.rejects(
      token(),
      /no token for Kafka from http:\/\/127\.0\.0\.1:\d+\/token: 503; check KAFKA_SASL_OAUTHBEARER/,
    );
  });

  it('are refused with the message of the server, and without the secret', async () => {
    answer = () => ({ status: 401, body: { error: 'invalid_client', error_description: 'unknown client' } });
    const secret = urlOf().replace('http://', 'http://user:hunter2@').concat('?key=hunter2');
    await assert.rejects(provider(urlOf())(), /: 401 invalid_client unknown client; check/);
    await assert.rejects(provider(secret)(), (error: Error) => {
      assert.doesNotMatch(error.message, /hunter2|a:b/);
      return true;
    });
    for (const body of ['<html>', '[]', 'null', { access_token: '' }, { access_token: 7 }]) {
      answer = () => ({ body });
      await assert.rejects(provider()(), /: 200 without an access_token; check/);
    }
  });

  it('report that the server does not answer', async () => {
    const url = urlOf();
    server.close();
    await once(server, 'close');
    await assert.rejects(provider(url)(), /127\.0\.0\.1:\d+\/token: .*ECONNREFUSED/);
  });
});
