// The names that are needed of client-node, so that a bundle takes these and not its three megabytes: imported late, by name.
export { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
