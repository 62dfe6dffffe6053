import { readEnvironment } from 'microservice-runtime';

export type Config = ReturnType<typeof readConfig>;

/**
 * The configuration of this service, checked: all faults are reported at once. Add variables of your own as the second
 * argument: `MAIL_FROM: joi.string().email().required()` arrives as `config.mailFrom`.
 */
export const readConfig = (environment: NodeJS.ProcessEnv) => readEnvironment(environment);
