import { RIGHTS, type Right } from '../domain/rights.ts';

const NAME = 'lgtm-tui';

/**
 * `lgtm-tui rbac`: the least ClusterRole, as YAML that `kubectl apply -f -` takes. With a namespace, a Role there: nodes
 * and priorities belong to no namespace, and stay dark.
 */
export function printRbac(namespace: string | undefined): string {
  const rights = RIGHTS.filter(({ resource }) => namespace === undefined || !CLUSTER_WIDE.includes(resource));
  return [
    '# The least that lgtm-tui needs, and what goes dark without each. It changes nothing and reads no secret.',
    ...(namespace === undefined
      ? []
      : ['# Nodes and priority classes belong to no namespace: zones and pressure stay dark.']),
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${namespace === undefined ? 'ClusterRole' : 'Role'}`,
    'metadata:',
    `  name: ${NAME}`,
    ...(namespace === undefined ? [] : [`  namespace: ${namespace}`]),
    'rules:',
    ...rights.flatMap(ruleOf),
    '',
  ].join('\n');
}

const CLUSTER_WIDE = ['nodes', 'priorityclasses'];

const ruleOf = ({ group, resource, verbs, why }: Right): readonly string[] => [
  `  - apiGroups: ["${group}"] # ${why}`,
  `    resources: ["${resource}"]`,
  `    verbs: [${verbs.map((verb) => `"${verb}"`).join(', ')}]`,
];
