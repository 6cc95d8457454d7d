// One answer to everything: the body of an agent with three queues, as large as a recorded one. Its CPU is not ours.
import { createServer } from 'node:http';

const BODY_BYTES = 70_000;
const QUEUE_LINES = [
  ...[
    'samples_total 9000',
    'samples_failed_total 0',
    'samples_retried_total 0',
    'samples_pending 120',
    'enqueue_retries_total 0',
  ],
  ...[
    'shards 1',
    'shards_desired 0.02',
    'shards_max 50',
    'shards_min 1',
    'shard_capacity 10000',
    'max_samples_per_send 2000',
  ],
  ...['queue_highest_timestamp_seconds 1.795448098e+09', 'queue_highest_sent_timestamp_seconds 1.795448098e+09'],
  ...['bytes_total 2.391249e+06', 'exemplars_total 0', 'histograms_total 0', 'metadata_total 44'],
];
const BOUNDS = [
  '0.005',
  '0.01',
  '0.025',
  '0.05',
  '0.1',
  '0.25',
  '0.5',
  '1',
  '2.5',
  '5',
  '10',
  '25',
  '60',
  '120',
  '300',
  '+Inf',
];

function queue(name: string): string {
  const labels = `component_id="prometheus.remote_write.${name}",component_path="/",remote_name="${name}",url="http://mimir/${name}/api/v1/push"`;
  const plain = QUEUE_LINES.map((line) => line.replace(' ', `{${labels}} `)).map(
    (line) => `prometheus_remote_storage_${line}\n`,
  );
  const buckets = BOUNDS.map(
    (le) => `prometheus_remote_storage_sent_batch_duration_seconds_bucket{${labels},le="${le}"} 231\n`,
  );
  return `# HELP prometheus_remote_storage_samples_total x\n# TYPE prometheus_remote_storage_samples_total counter\n${plain.join('')}${buckets.join('')}`;
}

let body = `alloy_build_info{version="v1.18.0"} 1\n${['a', 'b', 'c'].map(queue).join('')}`;
for (let index = 0; body.length < BODY_BYTES; index++) {
  body += `# HELP go_gc_metric_${index}_total Approximate total count of something that the runtime of Go executed.\n# TYPE go_gc_metric_${index}_total counter\ngo_gc_metric_${index}_total{goroutine="scrape",pool="p${index % 7}"} ${index * 13}\n`;
}
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address ? address.port : 0);
});
process.stdin.resume().on('end', () => process.exit(0));
