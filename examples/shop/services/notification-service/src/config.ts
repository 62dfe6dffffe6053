import { readEnvironment } from 'microservice-runtime';

export type Config = ReturnType<typeof readConfig>;

/**
 * Reads and checks the configuration of this service; one error reports all faults. Add your own variables as the second
 * argument: `MAIL_FROM: joi.string().email().required()` becomes `config.mailFrom`.
 */
export const readConfig = (environment: NodeJS.ProcessEnv) => readEnvironment(environment);
