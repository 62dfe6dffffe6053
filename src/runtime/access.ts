export { createAuthenticator, type AuthenticatorOptions } from './access/jwt-authenticator.ts';
