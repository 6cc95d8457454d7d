import type { SpreadComponent } from './components.ts';
import { type Loss, pushFailShare } from './quorum.ts';
import type { Verdict } from './result.ts';
import { TOKEN_SPACE } from './ring.ts';
import { formatShare } from './units.ts';

/** What one component loses with some nodes. Shares are 0–1 of the token space; null: no such rule, or not known. */
export interface LossAnswer {
  readonly component: string;
  /** Whose loss it is; absent: everybody's who has no shard of his own. */
  readonly tenant?: string;
  readonly nodes: readonly string[];
  readonly writeQuorumLostShare: number | null;
  readonly readQuorumLostShare: number | null;
  readonly allCopiesLostShare: number | null;
  /** Every read fails; where reads only ask for their keys: some do. */
  readonly readsFail: boolean | null;
  /** Share of pushes of the usual size that are refused whole, and sent again and again. */
  readonly pushFailShare: number | null;
  readonly verdict: Verdict;
  readonly because: string;
}

/** Worst first, for lists of any length. */
export const worstFirst = (answers: readonly LossAnswer[]): readonly LossAnswer[] => {
  const weight = (answer: LossAnswer): number =>
    (answer.allCopiesLostShare ?? 0) * 4 +
    (answer.writeQuorumLostShare ?? 0) * 2 +
    (answer.readQuorumLostShare ?? 0) +
    (answer.readsFail ? 1e-9 : 0);
  return answers.toSorted((left, right) => weight(right) - weight(left) || left.nodes.length - right.nodes.length);
};

const shareOf = (keys: number | undefined): number | null => (keys === undefined ? null : keys / TOKEN_SPACE);

const SAYS: readonly ((loss: Figures, component: SpreadComponent) => string)[] = [
  ({ copies }, { withoutAny }) => (isLost(copies) && !withoutAny ? `all copies of ${formatShare(copies)} lost` : ''),
  ({ write }) => (isLost(write) ? `no write quorum for ${formatShare(write)}` : ''),
  ({ push }) => (isLost(push) ? `${formatShare(push)} of pushes refused` : ''),
  ({ readsFail, whole }) => (readsFail && whole ? 'every read fails' : ''),
  ({ read }, { withoutAny }) => (isLost(read) && withoutAny ? `${formatShare(read)} ${withoutAny}` : ''),
];

interface Figures {
  readonly write: number | null;
  readonly read: number | null;
  readonly copies: number | null;
  readonly push: number | null;
  readonly readsFail: boolean | null;
  /** Reads ask every member. */
  readonly whole: boolean;
}

const isLost = (share: number | null): share is number => share !== null && share > 0;

/** A loss in shares and in a sentence. */
export function answerOf(component: SpreadComponent, loss: Loss, nodes: readonly string[]): LossAnswer {
  const [write, read, copies] = [shareOf(loss.write), shareOf(loss.read), shareOf(loss.copies)];
  const { keysPerPush } = component;
  const push = write === null || keysPerPush === undefined ? null : pushFailShare(write, keysPerPush);
  const readsFail = loss.readsFail ?? (read === null ? null : read > 0);
  const figures: Figures = { write, read, copies, push, readsFail, whole: loss.readsFail !== undefined };
  const words = SAYS.map((say) => say(figures, component)).filter((word) => word !== '');
  return {
    component: component.id,
    nodes,
    writeQuorumLostShare: write,
    readQuorumLostShare: read,
    allCopiesLostShare: copies,
    readsFail,
    pushFailShare: push,
    verdict: verdictOf(component, figures),
    because: words.join(', ') || 'nothing is lost',
  };
}

function verdictOf({ beside }: SpreadComponent, { write, copies, readsFail }: Figures): Verdict {
  if (!isLost(write) && !isLost(copies) && readsFail !== true) return 'good';
  return beside ? 'warn' : 'bad';
}

/** `mimir ingester`, `mimir ingester of staging`. */
export const lossOf = ({ component, tenant }: LossAnswer): string =>
  tenant === undefined ? component : `${component} of ${tenant}`;
