import { describe, expect, test } from 'vitest';
import { LISTED } from '../../src/clients/kube-list.ts';
import { printRbac } from '../../src/commands/rbac.ts';
import { RIGHTS } from '../../src/domain/rights.ts';

const listed = Object.values(LISTED).map(
  ({ api, plural }) => `${api.replace(/^\/(api\/v1|apis\/)/, '').replace(/\/v\d+$/, '')} ${plural}`,
);

describe('the rights that are asked for', () => {
  test('cover everything that is listed', () => {
    const mayList = RIGHTS.filter(({ verbs }) => verbs.includes('list')).map(
      ({ group, resource }) => `${group} ${resource}`,
    );
    expect([...new Set(listed)].sort()).toEqual(mayList.sort());
  });

  test('change nothing, but open a port-forward', () => {
    const changing = RIGHTS.flatMap(({ resource, verbs }) =>
      verbs.filter((verb) => !['get', 'list', 'watch'].includes(verb)).map((verb) => `${verb} ${resource}`),
    );
    expect(changing).toEqual(['create pods/portforward']);
    expect(RIGHTS.map(({ resource }) => resource)).not.toContain('secrets');
    expect(JSON.stringify(RIGHTS)).not.toContain('*');
  });
});

test('kubectl takes it: a ClusterRole, or a Role without what belongs to no namespace', () => {
  expect(printRbac(undefined)).toMatch(
    /^apiVersion: rbac\.authorization\.k8s\.io\/v1\nkind: ClusterRole\nmetadata:\n {2}name: lgtm-tui\nrules:\n/m,
  );
  const role = printRbac('monitoring');
  expect(role).toMatch(/kind: Role\nmetadata:\n {2}name: lgtm-tui\n {2}namespace: monitoring\n/);
  expect(role).not.toContain('"nodes"');
});
