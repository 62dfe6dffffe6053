import { knexConfig } from 'microservice-runtime/migrations';

export default await knexConfig(import.meta.dirname);
