/** The caller of a request, as its verified token names it. */
export interface Principal {
  /** The claim `iss`. */
  readonly issuer: string;
  /** The claim `sub`: unique at the issuer, and never assigned again. */
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  /** All claims of the token. */
  readonly claims: Readonly<Record<string, unknown>>;
}
