// The entry of the workflow bundle: what a worker of the task queue can run.
export { lookAtClients } from './look-at-clients.js';
export { reconcileClients } from './reconcile-clients.js';
export { watchClient } from './watch-client.js';
