/** A name and a password. */
export interface PasswordLogin {
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  username: string;
  password: string;
}

/** Tokens of an authorization server, by the client credentials grant (RFC 6749, section 4.4). */
export interface ClientCredentialsLogin extends ClientCredentials {
  mechanism: 'oauthbearer';
}

/** Tokens from any other source, such as AWS MSK's IAM or a managed identity of Azure. */
export interface TokenLogin {
  mechanism: 'oauthbearer';
  oauthBearerProvider: OAuthBearerProvider;
}

export interface ClientCredentials {
  tokenEndpointUrl: string;
  clientId: string;
  clientSecret: string;
  scope?: string | undefined;
}

/** Called whenever a connection is opened or reauthenticated; it should cache a token while that is valid. */
export type OAuthBearerProvider = () => Promise<OAuthBearerToken>;

/** A token for SASL OAUTHBEARER (RFC 7628). */
export interface OAuthBearerToken {
  value: string;
  /** SASL extensions (KIP-342), such as `logicalCluster` of Confluent Cloud. */
  extensions?: Record<string, string>;
}
