import { type MessagePort, parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './aside-words.ts';
import { decodeJob, type Job } from './decoders.ts';
import { decodeTracePacked } from './pack-trace.ts';
import { memoryOf } from './packed-trace.ts';

// The thread that reads large answers. It is never given a second one before the first is done.

/** What one batch of a list may take to send; taking it in costs the console about as much. */
const BATCH_MS = 2;
const FIRST_BATCH = 50;

interface Sending {
  readonly items: readonly unknown[];
  readonly gaps: Extract<FromWorker, { say: 'items' }>['gaps'];
  sent: number;
  batch: number;
}

/** Read answers for whoever is at the other end. */
function serve(port: MessagePort): void {
  let sending: Sending | undefined;
  const say = (words: FromWorker, memory: readonly ArrayBuffer[] = []): void => port.postMessage(words, [...memory]);

  /** The next items: as many as the last batch shows to fit. */
  const sendMore = (): void => {
    if (!sending) return;
    const items = sending.items.slice(sending.sent, sending.sent + sending.batch);
    sending.sent += items.length;
    const last = sending.sent >= sending.items.length;
    const beganMs = performance.now();
    say({ say: 'items', items, last, gaps: last ? sending.gaps : undefined });
    const tookMs = Math.max(0.05, performance.now() - beganMs);
    sending.batch = Math.max(1, Math.min(sending.batch * 4, Math.floor((sending.batch * BATCH_MS) / tookMs)));
    if (last) sending = undefined;
  };

  const read = (job: Job, text: string, untilUnix: number): void => {
    if (job.name === 'trace') {
      const packed = decodeTracePacked(text, String(job.args[0]));
      if (packed.ok) say({ say: 'trace', trace: packed.value, gaps: packed.gaps }, memoryOf(packed.value));
      else say({ say: 'failed', failed: packed });
      return;
    }
    const decoded = decodeJob(job, text, untilUnix);
    if (!decoded?.ok) {
      say({ say: 'failed', failed: decoded ?? { ok: false, said: `a bug in lgtm-tui: no decoder ${job.name}` } });
      return;
    }
    const items = Array.isArray(decoded.value) ? decoded.value : [decoded.value];
    sending = { items, gaps: decoded.gaps, sent: 0, batch: FIRST_BATCH };
    sendMore();
  };

  port.on('message', (words: ToWorker) => {
    if (words.say === 'more') return sendMore();
    const { answer } = words;
    read(words.job, typeof answer === 'string' ? answer : Buffer.concat(answer).toString('utf8'), words.untilUnix);
  });
}

if (parentPort) serve(parentPort);
