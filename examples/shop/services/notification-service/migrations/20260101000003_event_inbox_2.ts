export { down, up } from 'microservice-runtime/tables/event-inbox-2';
