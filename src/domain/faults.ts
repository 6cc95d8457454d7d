import { type Fault, type FaultKind, sourceKey } from './result.ts';
import { clean } from './text.ts';
import { formatDuration } from './units.ts';

/** What happened, told of a server: "mimir@central" + this + the server's own words. */
const HAPPENED: Readonly<Record<FaultKind, string>> = {
  tenant: 'refused the tenant',
  auth: 'wants a login first',
  forbidden: 'does not allow that',
  'bad-query': 'did not understand the question',
  'not-found': 'has no such thing',
  limit: 'hit a limit',
  'too-large': 'answered more than is taken in',
  timeout: 'did not answer in time',
  cancelled: 'was not waited for',
  unreachable: 'cannot be reached',
  server: 'is failing itself',
  shape: 'answered something else than was promised',
  'not-recorded': 'could not be replayed',
};

/** One sentence for the screen: who, what, with which status, in whose words. Fails: never; the words come out clean. */
export function sayFault(fault: Fault): string {
  const who = clean(sourceKey(fault.source));
  const as = fault.tenant === undefined ? '' : ` for ${clean(fault.tenant)}`;
  const status = fault.status === undefined ? '' : ` (${fault.status})`;
  const said = clean(fault.said).trim();
  return `${who} ${HAPPENED[fault.kind]}${as}${status}${said === '' ? '' : `: ${said}`}`;
}

/**
 * What to do next about a fault, as one imperative sentence.
 *
 * Fails:  never; every kind has one.
 * Source: diagnostics of the tenant header: the same refusal means different things by its words and by what was sent.
 */
export function nextStep(fault: Fault): string {
  switch (fault.kind) {
    case 'tenant':
      return tenantStep(fault);
    case 'auth':
      return authStep(fault);
    case 'forbidden':
      return /cannot \w+ resource/.test(fault.said)
        ? 'ask for the right that it names; lgtm-tui rbac prints all that are needed'
        : 'ask for read access to it, or use a credential that has it; another tenant will not help';
    case 'bad-query':
      return 'correct the query; --requests prints what was asked';
    case 'not-found':
      return fault.source.backend === 'tempo'
        ? 'check id and tenant; an old trace may be past its retention, a new one not there yet, and most are not sampled'
        : 'check tenant, name and address: the server is there, but not what was asked of it';
    case 'limit':
      return fault.retryAfterSeconds === undefined
        ? 'ask for less: a shorter --since, or one service'
        : `wait ${formatDuration(Math.max(1, Math.ceil(fault.retryAfterSeconds)))}, or ask for less: a shorter --since`;
    case 'too-large':
      return 'ask for less: a shorter --since, or one service';
    case 'timeout':
      return 'ask for less with a shorter --since; if that hangs too, look at the server itself';
    case 'cancelled':
      return 'ask again';
    case 'unreachable':
      return unreachableStep(fault);
    case 'server':
      return serverStep(fault);
    case 'shape':
      return /web page|html/i.test(fault.said)
        ? `check the address: a web page answered, not ${fault.source.backend}`
        : 'check the address and the version of the server; --requests prints what was asked';
    case 'not-recorded':
      return 'choose another --at, tenant or filter: a recording knows only what was asked while it was made';
  }
}

function authStep({ source, status, said }: Fault): string {
  if (source.backend === 'kubernetes' || /API server of|kubeconfig|exec plugin/.test(said))
    return 'log in to the cluster again, as with "kubectl get pods", or choose another --context';
  // A proxy's own page beside a 401 is no login page.
  return /log.?in|sign.?in|sso|oauth|redirect/i.test(said) || (status !== 401 && /web page/i.test(said))
    ? 'a login page stands before the server: ask it by an address behind that page, or give --bearer-token-file'
    : 'give --bearer-token-file or --basic-auth-file; this is who you are, not which tenant';
}

function tenantStep({ said, tenant }: Fault): string {
  if (/too many tenant IDs|multiple org IDs|multi-tenant query/i.test(said)) {
    return 'name one tenant at a time: this server does not join several';
  }
  if (/sending multiple/i.test(said)) {
    return 'two layers add X-Scope-OrgID: remove it from the proxy or from --header';
  }
  if (/no org id/i.test(said)) {
    return tenant === undefined
      ? 'name the tenant with --tenant'
      : 'the header was sent and did not arrive: a proxy on the way drops X-Scope-OrgID; ask the server directly';
  }
  return "check the spelling of --tenant: letters, digits and !_.*'()- only, 150 bytes at most";
}

function unreachableStep({ source, said }: Fault): string {
  if (/certificate-authority of context/.test(said))
    return 'take the kubeconfig from the cluster anew: its certificate authority is not the one that signed';
  if (/no pod behind it is ready/.test(said)) return 'look at its pods: lgtm-tui pods';
  if (/choose one with --/.test(said)) return 'say which one is meant';
  if (/^no \w+ was found in|^no way leads to/.test(said))
    return 'see what stands there: lgtm-tui stack; lgtm-tui contexts lists where else to look';
  // The API server answered: what stands behind it did not.
  if (/asked through the API server/.test(said)) return 'look at its pods and services: lgtm-tui pods, lgtm-tui events';
  // There is nothing of ours in between that could be down.
  if (/^API server of context/.test(said))
    return 'check the server of that context, the VPN, and whether "kubectl get pods" gets through';
  if (/not (given|configured)|no address|was given/i.test(said)) {
    return `give --${source.backend}-url, or a recording with --replay`;
  }
  if (/certificate|self.signed|issuer|altname|\bCERT|TLS|SSL/i.test(said)) {
    return 'give --ca-file with the authority that signed the certificate, and check the host name';
  }
  if (/ENOTFOUND|EAI_AGAIN|getaddrinfo|name/i.test(said)) return 'check the host name, and the VPN';
  if (/ECONNREFUSED|refused/i.test(said)) return 'check the port, and whether the server or the port-forward is up';
  return 'check the address, the VPN and the port-forward';
}

function serverStep({ said, source, retryAfterSeconds }: Fault): string {
  if (/too many unhealthy instances|live replicas required|at least \d+ (live|healthy)/i.test(said)) {
    return 'the ring has lost its quorum: bring the ingesters back first; no other question will be answered';
  }
  if (retryAfterSeconds !== undefined) {
    return `wait ${formatDuration(Math.max(1, Math.ceil(retryAfterSeconds)))}; then look at the pods of ${source.backend}`;
  }
  return `look at the pods and logs of ${source.backend}: the question was not at fault`;
}
