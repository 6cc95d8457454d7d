import { quote } from './selector.ts';

/** Lines of one pod, by the labels that all charts' agents set. Source: setup.md, six practices: labels mean the same. */
export const podLines = (namespace: string | undefined, pod: string): string =>
  namespace === undefined ? `{pod=${quote(pod)}}` : `{namespace=${quote(namespace)}, pod=${quote(pod)}}`;

/** What warns or fails in a namespace of the stack; also on the recordings. */
export const stackTrouble = (namespace: string): string => `{namespace=${quote(namespace)}} | level=~"warn|error"`;
