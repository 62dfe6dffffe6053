export { down, up } from 'microservice-runtime/tables/saga-requests';
