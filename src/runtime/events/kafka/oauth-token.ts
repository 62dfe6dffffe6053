import type { ClientCredentials, OAuthBearerProvider, OAuthBearerToken } from '../../config/kafka-login.ts';

/** The authorization server returned no token; the message has its answer, and contains no secret. */
export class TokenError extends Error {
  override name = 'TokenError';
}

/** A token is renewed after this part of its lifetime, as in Kafka's own clients (sasl.login.refresh.window.factor). */
const RENEWED_AFTER = 0.8;
/**
 * A token is also renewed this long before it expires: KafkaJS logs in again 2 s before a session ends, and a session with
 * the same token would end immediately. Brokers refuse two logins within a second (ILLEGAL_SASL_STATE).
 */
const RENEWED_BEFORE = 5_000;
const TIMEOUT = 10_000;

interface Held {
  token: OAuthBearerToken;
  renewAt: number;
  expiresAt: number;
}

/**
 * Requests tokens from an authorization server, one request at a time. A token is cached for four fifths of its `expires_in`,
 * but at most until five seconds before it expires. If the server does not answer then, the token is used until it expires.
 * Without `expires_in`, every call sends a request. Rejects with a `TokenError`. @param now milliseconds of a monotonic clock
 */
export function createTokenProvider(
  credentials: ClientCredentials,
  now: () => number = () => performance.now(),
): OAuthBearerProvider {
  let held: Held | undefined;
  let asking: Promise<OAuthBearerToken> | undefined;

  async function renew(): Promise<OAuthBearerToken> {
    const asked = now();
    try {
      const { value, seconds } = await requestToken(credentials);
      const life = seconds * 1_000;
      const kept = Math.max(0, Math.min(life * RENEWED_AFTER, life - RENEWED_BEFORE));
      held = { token: { value }, renewAt: asked + kept, expiresAt: asked + life };
      return held.token;
    } catch (error) {
      if (held && now() < held.expiresAt) return held.token;
      throw error;
    }
  }

  return async () => {
    if (held && now() < held.renewAt) return held.token;
    return (asking ??= renew().finally(() => (asking = undefined)));
  };
}

interface Answer {
  access_token?: unknown;
  expires_in?: unknown;
  error?: unknown;
  error_description?: unknown;
}

async function requestToken(credentials: ClientCredentials): Promise<{ value: string; seconds: number }> {
  const { tokenEndpointUrl, scope } = credentials;
  const failed = (reason: string, cause?: unknown): TokenError =>
    new TokenError(
      `no token for Kafka from ${shownUrl(tokenEndpointUrl)}: ${reason}; check KAFKA_SASL_OAUTHBEARER_*`,
      { cause },
    );
  const response = await fetch(withoutUser(tokenEndpointUrl), {
    method: 'POST',
    headers: { authorization: basic(credentials), accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT),
  }).catch((error: unknown) => {
    throw failed(failureText(error), error);
  });
  const text = await response.text().catch(() => '');
  const answer = parse(text);
  if (!response.ok) throw failed(refusalText(response.status, answer));
  const { access_token: value, expires_in: seconds } = answer ?? {};
  if (typeof value !== 'string' || value === '') throw failed(`${response.status} without an access_token`);
  return { value, seconds: Math.max(0, Number(seconds ?? 0) || 0) };
}

/** RFC 6749, section 2.3.1: both are form-encoded. */
function basic({ clientId, clientSecret }: ClientCredentials): string {
  const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

function parse(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the status and the error fields of RFC 6749, section 5.2. */
function refusalText(status: number, answer: Answer | undefined): string {
  const words = [answer?.error, answer?.error_description].filter((word) => typeof word === 'string');
  return [String(status), ...words].join(' ');
}

/** `fetch` refuses a URL with a user, and its message shows the password. */
function withoutUser(address: string): URL {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url;
}

/** Returns the URL without user, password and query. */
function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** The message of `fetch` is "fetch failed"; its cause has the reason. */
function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT / 1_000} s`;
  const { cause } = error;
  if (cause instanceof Error) return cause.message || ('code' in cause ? String(cause.code) : cause.name);
  return error.message;
}
