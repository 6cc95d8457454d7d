import { expect, test } from 'vitest';
import { understandUrl } from '../../src/clients/target.ts';

test.each([
  ['mimir', 'http://m:8080', 'http://m:8080', 'the root'],
  ['mimir', 'http://m:8080/', 'http://m:8080', 'the root'],
  ['mimir', 'm:8080/prometheus', 'http://m:8080', 'a Prometheus URL, read as its root'],
  ['mimir', ' https://m.example/prometheus/ ', 'https://m.example', 'a Prometheus URL, read as its root'],
  ['mimir', 'https://m.example/api/v1/push', 'https://m.example', 'a remote-write URL, read as its root'],
  ['mimir', 'https://m.example/otlp/v1/metrics', 'https://m.example', 'an OTLP push URL, read as its root'],
  ['mimir', 'https://m.example/otlp', 'https://m.example', 'an OTLP push URL, read as its root'],
  ['mimir', 'https://m.example/prometheus/api/v1/query?query=up', 'https://m.example', 'a query URL, read as its root'],
  [
    'mimir',
    'https://gate.example/mimir/api/v1/push',
    'https://gate.example/mimir',
    'a remote-write URL, read as its root',
  ],
  ['loki', 'http://l:3100/loki/api/v1/push', 'http://l:3100', 'a push URL, read as its root'],
  ['loki', 'http://l:3100/otlp/v1/logs', 'http://l:3100', 'an OTLP push URL, read as its root'],
  ['loki', 'http://l:3100/loki/api/v1/', 'http://l:3100', 'a query URL, read as its root'],
  ['tempo', 'https://t.example/v1/traces', 'https://t.example', 'an OTLP push URL, read as its root'],
  ['tempo', 'https://gate.example/tempo', 'https://gate.example/tempo', 'the root, behind a prefix'],
  ['tempo', 'http://[::1]:3200/api/search?q={}', 'http://[::1]:3200', 'a query URL, read as its root'],
] as const)('%s %s', (backend, text, baseUrl, read) => {
  const understood = understandUrl(backend, text);
  expect(understood).toEqual({
    ok: true,
    baseUrl,
    place: new URL(baseUrl).host,
    said: `--${backend}-url is ${read}: ${baseUrl}`,
  });
});

test.each([
  ['mimir', '', '--mimir-url: "" is not a URL'],
  ['loki', 'http://', '--loki-url: "http://" is not a URL'],
  ['loki', 'ftp://l/x', '--loki-url: ftp is not http or https'],
  ['mimir', 'https://me:secret@m.example', '--mimir-url: a password does not belong in a URL: use --basic-auth-file'],
  [
    'tempo',
    't:4317',
    "--tempo-url: port 4317 takes OTLP over gRPC; queries go to Tempo's HTTP port, 3200 unless changed",
  ],
  [
    'tempo',
    'http://t:4318/v1/traces',
    "--tempo-url: port 4318 only takes pushes; queries go to Tempo's HTTP port, 3200 unless changed",
  ],
] as const)('%s %s is refused', (backend, text, because) => {
  expect(understandUrl(backend, text)).toEqual({ ok: false, because });
});
