export { down, up } from 'microservice-runtime/tables/sagas';
