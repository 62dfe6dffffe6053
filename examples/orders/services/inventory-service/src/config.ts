import { readEnvironment } from 'microservice-runtime';

/** The variables of this service alone: `MAIL_FROM: joi.string().email().required()` becomes `config.mailFrom`. */
const variables = {};

export type Config = ReturnType<typeof readConfig>;

/** Reads and checks the configuration of this service; one error reports all faults. */
export const readConfig = (environment: NodeJS.ProcessEnv) => readEnvironment(environment, variables);
