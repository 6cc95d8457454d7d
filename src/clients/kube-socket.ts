// A file of its own, imported late, as `agent.ts` is: most evenings need no port-forward.
export { WebSocket } from 'undici';
