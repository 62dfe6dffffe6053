export { down, up } from 'microservice-runtime/tables/event-parked';
