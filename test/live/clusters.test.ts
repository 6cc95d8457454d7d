import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { runIn } from './lab.ts';

const PROGRAM = 'bin/lgtm-tui';
const way = inject('wayToTheLab');
/** The lab writes it into its own folder. */
const kubeconfig = process.env['LAB'] && join(process.env['LAB'], 'kubeconfig');
const there = way !== undefined && kubeconfig !== undefined && existsSync(kubeconfig);

interface Row {
  readonly [field: string]: unknown;
}

async function ask(command: string, ...args: readonly string[]) {
  const ended = await runIn(way ?? [], PROGRAM, [command, ...args, '-o', 'json', '--kubeconfig', kubeconfig ?? '']);
  const answer = ended.out === '' ? {} : JSON.parse(ended.out);
  return { ...ended, rows: (answer.rows ?? []) as Row[], gaps: (answer.gaps ?? []) as Row[], answer };
}

const rowsOf = (rows: readonly Row[], kind: string): readonly Row[] => rows.filter((row) => row['kind'] === kind);
const fieldsOf = (rows: readonly Row[], field: string): unknown[] => [...new Set(rows.map((row) => row[field]))].sort();

test.skipIf(there)('no kubeconfig of a lab', ({ skip }) =>
  skip('LAB names no folder with a kubeconfig of a lab that runs'),
);

/** Source: the lab's expected.json. */
describe.runIf(there)('with nothing but a kubeconfig', () => {
  test('stack names all components, with mode and version', async () => {
    const { code, rows, gaps } = await ask('stack');
    expect([code, gaps]).toEqual([0, []]);
    expect(fieldsOf(rowsOf(rows, 'mimir'), 'component')).toEqual([
      'compactor',
      'distributor',
      'ingester',
      'nginx',
      'overrides-exporter',
      'query-frontend',
      'ruler',
      'store-gateway',
    ]);
    expect(fieldsOf(rowsOf(rows, 'mimir'), 'mode')).toEqual(['classic']);
    expect(fieldsOf(rowsOf(rows, 'mimir'), 'version')).toEqual(['1.27', '3.0.2']);
    expect(rowsOf(rows, 'loki').find((row) => row['component'] === 'ingester')).toMatchObject({
      mode: 'distributed',
      version: 'main-65e30f8',
      versionFrom: 'build info',
      really: 'single-binary: each pod runs every module (/services)',
    });
    expect(fieldsOf(rowsOf(rows, 'tempo'), 'mode')).toEqual(['live-store']);
    expect(fieldsOf(rowsOf(rows, 'tempo'), 'version')).toEqual(['3.0.3']);
    expect(rowsOf(rows, 'grafana')).toEqual([expect.objectContaining({ version: '13.0.0' })]);
    for (const kind of ['mimir', 'loki'])
      expect(rowsOf(rows, kind).find((row) => row['component'] === 'ingester')).toMatchObject({ replicationFactor: 3 });
    // Declared as Alloy; what runs is what its own build info says.
    for (const row of rowsOf(rows, 'agent'))
      expect(row).toMatchObject({
        declaredVersion: 'v1.18.0',
        versionFrom: 'build info',
        really: expect.stringMatching(/^Prometheus \S+ in agent mode \(prometheus_build_info\)$/),
      });
    // Each component was asked itself.
    expect(rowsOf(rows, 'mimir').filter((row) => row['roundTripSeconds'] === null)).toEqual([]);
  });

  test('the agents of all clusters stand in one table', async () => {
    const { rows } = await ask('stack', '--context', 'central', '--context', 'eu-west', '--context', 'edge');
    expect(fieldsOf(rowsOf(rows, 'agent'), 'cluster')).toEqual(['central', 'edge', 'eu-west']);
    expect(rowsOf(rows, 'agent')).toHaveLength(4);
  });

  test('the way from a slow series to its log line', async () => {
    const { rows, answer } = await ask('chain', '--tenant', 'production-us-east');
    expect(answer.culprit.service).toBe('payments');
    expect(rows.length).toBeGreaterThan(0);
  });

  test.each([
    'slow --tenant production-us-east',
    'logs --tenant production-us-east --service payments',
    'traces --tenant production-us-east --service checkout',
    'queues',
  ])('%s works with only the kubeconfig', async (line) => {
    const [command = '', ...flags] = line.split(' ');
    const { code, rows } = await ask(command, ...flags);
    expect(code).toBeLessThan(2);
    expect(rows.length).toBeGreaterThan(0);
  });

  test('what needs more than pods names the right that is missing, and exits 2', async () => {
    const { code, err } = await ask('slow', '--context', 'central-view');
    expect(err).toMatch(/cannot get resource "pods\/proxy".*; next: ask for the right that it names; lgtm-tui rbac/);
    expect(code).toBe(2);
    const spread = await ask('spread', '--context', 'central-view');
    expect(spread.rows.find((row) => row['component'] === 'loki ingester')).toMatchObject({
      coLocated: [['monitoring-server-loki-ingester-1', 'monitoring-server-loki-ingester-2']],
    });
  });

  test('who may only see pods of one namespace sees them, and which rights are missing', async () => {
    const { code, rows, gaps } = await ask('pods', '--context', 'central-view');
    expect(code).toBe(2);
    expect(rows).toHaveLength(23);
    expect(gaps.map((gap) => gap['kind'])).toEqual(['forbidden']);
    expect(String(gaps[0]?.['said'])).toContain('cannot list resource "nodes"');
  });
});
