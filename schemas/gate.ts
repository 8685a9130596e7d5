import { z } from 'zod';
import { isDuration } from './durations.ts';
import { metricNames } from './metrics.ts';

const columnName = z.string().min(1).max(63);
const share = z.number().min(0).max(1);

/** How often the gate may be wrong. */
export const ErrorPolicy = z
  .union([
    z
      .strictObject({
        perCycle: z
          .number()
          .gt(0)
          .max(0.1)
          .describe('The chance that one cycle promotes a challenger that is not better. One-sided.'),
      })
      .meta({ id: 'ErrorPerCycle' }),
    z
      .strictObject({
        wrongPromotions: z
          .number()
          .gt(0)
          .max(0.5)
          .describe('How many wrong promotions are expected at most, per year.'),
        per: z.literal('P1Y').default('P1Y').describe('Any 365 days.'),
        reserve: share
          .lt(1)
          .default(0.2)
          .describe('The share kept for cycles outside the schedule: manual, notebook, adopted and judged anew.'),
      })
      .meta({ id: 'ErrorBudget' }),
  ])
  .meta({ id: 'ErrorPolicy' });
export type ErrorPolicy = z.infer<typeof ErrorPolicy>;

export const Guardrail = z
  .strictObject({
    metric: z.enum(metricNames),
    margin: z
      .number()
      .min(0)
      .describe('The loss that is accepted: the lower bound of the difference must lie above minus this.'),
  })
  .meta({ id: 'Guardrail' });
export type Guardrail = z.infer<typeof Guardrail>;

export const Floor = z
  .strictObject({
    metric: z.enum(metricNames),
    limit: z
      .number()
      .describe(
        'What the challenger itself must reach, whatever the champion does: at least this where higher is better, at most this where lower is.',
      ),
  })
  .meta({ id: 'Floor' });
export type Floor = z.infer<typeof Floor>;

export const SlicePolicy = z
  .strictObject({
    column: columnName.describe(
      'One of source.features or source.carry. Each of its values is a slice (at most 50, fewer where all columns together would give more than 240: of texts the most frequent, the rest together; numbers of more values are cut at their quintiles); rows without a value are one too.',
    ),
    metric: z.enum(metricNames).optional().describe('Default: the primary metric.'),
    margin: z.number().min(0).describe('The loss that is accepted within a slice.'),
    protected: z
      .boolean()
      .default(false)
      .describe('Whether a slice that has too few rows to tell keeps the challenger out.'),
  })
  .meta({ id: 'SlicePolicy' });
export type SlicePolicy = z.infer<typeof SlicePolicy>;

export const SearchPolicy = z
  .strictObject({
    columns: z
      .array(columnName)
      .min(1)
      .max(12)
      .describe('Columns whose values, and pairs of values, are searched for slices in which the challenger loses.'),
    margin: z.number().min(0).describe('The loss in the primary metric that a person should hear of.'),
  })
  .meta({ id: 'SearchPolicy' });
export type SearchPolicy = z.infer<typeof SearchPolicy>;

const amount = z.union([z.number(), columnName]);

export const CostPolicy = z
  .strictObject({
    falsePositive: amount.describe('Cost of a negative row that is flagged: a number, or the column with its amount.'),
    falseNegative: amount.describe('Cost of a positive row that is not flagged.'),
    truePositive: amount.default(0),
    trueNegative: amount.default(0),
  })
  .meta({ id: 'CostPolicy' });
export type CostPolicy = z.infer<typeof CostPolicy>;

export const ShiftPolicy = z
  .strictObject({
    psi: z.number().gt(0).default(0.2).describe('Population stability index from which on a column is called shifted.'),
    ks: share.default(0.1).describe('Kolmogorov-Smirnov distance from which on a column is called shifted.'),
    auc: share.default(0.6).describe('AUC of telling training rows from holdout rows by the column alone.'),
  })
  .meta({ id: 'ShiftPolicy' });
export type ShiftPolicy = z.infer<typeof ShiftPolicy>;

export const Gate = z
  .strictObject({
    primary: z
      .enum(metricNames)
      .optional()
      .describe('The metric that decides. Default: roc_auc, log_loss or rmse by task.'),
    win: z
      .enum(['superior', 'nonInferior'])
      .default('superior')
      .describe(
        'superior: the challenger must be better. nonInferior: it must not be worse by more than margin, than the champion and than the last champion that won by superiority.',
      ),
    minimumGain: z
      .number()
      .min(0)
      .default(0)
      .describe('superior: the lower bound of the difference in the primary metric must lie above this.'),
    margin: z
      .number()
      .min(0)
      .optional()
      .describe(
        'The loss in the primary metric that is accepted. nonInferior: required. superior: a loss beyond it is called one; default 0.',
      ),
    reason: z
      .string()
      .min(10)
      .max(2000)
      .optional()
      .describe('nonInferior: why a challenger that is not better may win.'),
    error: ErrorPolicy.default({ perCycle: 0.025 }).describe(
      'perCycle: the chance of one wrong promotion a cycle. wrongPromotions: a budget for any 365 days.',
    ),
    guardrails: z.array(Guardrail).default([]).describe('Metrics that must not get worse by more than a margin.'),
    floors: z.array(Floor).default([]).describe('What the challenger must reach by itself.'),
    slices: z.array(SlicePolicy).max(30).default([]).describe('Parts of the rows in which it must not lose.'),
    undecidedSlices: z
      .enum(['blockProtected', 'blockAll', 'pass'])
      .default('blockProtected')
      .describe('What happens where a slice has too few rows to tell.'),
    search: SearchPolicy.optional().describe('Look for slices that nobody declared; a find leads to review at most.'),
    detect: z
      .number()
      .gt(0)
      .optional()
      .describe(
        'The smallest gain in the primary metric that is worth having. A challenger that surely gains less is kept; one that might gain more is insufficient data. Default: 0.01 for shares such as ROC AUC, 1 % of what the trivial predictor has for log loss and errors; above minimumGain.',
      ),
    onLoss: z
      .enum(['keep', 'review'])
      .default('keep')
      .describe('What a loss that is shown, in the primary metric, a guardrail, a floor or a slice, leads to.'),
    cutoff: z
      .strictObject({
        score: z.number().describe('Rows whose score is at least this are flagged as positive.'),
        accept: z
          .enum(['below', 'above'])
          .default('below')
          .describe('Which side is accepted: below, where the positive class is the bad one (default of a loan).'),
      })

      .meta({ id: 'CutoffPolicy' })
      .optional()
      .describe('Binary: where callers cut the score. For expected_cost and the swap set.'),
    cost: CostPolicy.optional().describe('Binary: what each kind of error costs at the cut-off, for expected_cost.'),
    badRate: share
      .gt(0)
      .lt(1)
      .optional()
      .describe('Binary: the share of bad (positive) rows among the accepted, for approval_rate.'),
    quantile: share.gt(0).lt(1).optional().describe('Regression: the quantile that is predicted, for pinball.'),
    unlabelled: share
      .default(0.01)
      .describe('The share of mature rows without a label from which on a person has to look.'),
    leak: share
      .gt(0.5)
      .default(0.995)
      .describe(
        'A feature whose ROC AUC (or squared correlation) alone reaches this is taken for a leak of the label.',
      ),
    shift: ShiftPolicy.default({ psi: 0.2, ks: 0.1, auc: 0.6 }).describe('From which size on a shift is reported.'),
    controls: z
      .strictObject({
        shuffledFit: z
          .boolean()
          .default(false)
          .describe('Fit once more on shuffled labels in every cycle: such a model must not win. Costs a second fit.'),
      })
      .default({ shuffledFit: false })
      .meta({ id: 'ControlsPolicy' }),
    approval: z
      .strictObject({
        when: z
          .enum(['never', 'review', 'always'])
          .default('review')
          .describe(
            'review: a person decides where the verdict is review. always: also where the challenger wins. never: where the gate cannot tell, the champion stays.',
          ),
        approvers: z
          .array(z.string().min(1))
          .default([])
          .describe('The names of those who may decide. Default: everybody.'),
        fourEyes: z
          .boolean()
          .default(false)
          .describe('Whoever started the cycle or applied the definition may not decide. Needs authenticated persons.'),
        deadline: z
          .string()
          .refine(isDuration, { error: 'an ISO 8601 duration such as P7D' })
          .default('P7D')
          .describe('How long a person has to decide.'),
        onDeadline: z
          .enum(['keep', 'askAgain'])
          .default('keep')
          .describe('Where nobody has decided by then. keep: the champion stays. askAgain: a new deadline begins.'),
      })
      .prefault({})
      .meta({ id: 'ApprovalPolicy' }),
    probation: z
      .strictObject({
        onWorse: z
          .enum(['propose', 'rollback'])
          .default('propose')
          .describe(
            'What happens where a promoted version is shown to be worse than the one it beat. propose: a person is asked to roll back. rollback: the gate does it.',
          ),
        looks: z
          .int()
          .min(1)
          .max(8)
          .default(8)
          .describe('On how many later holdouts it is compared, each at 0.05 / looks.'),
      })
      .meta({ id: 'ProbationPolicy' })
      // Without a default: cycles that began under an earlier release hold a policy that knows no probation.
      .optional()
      .describe('How a promoted version is watched until the next promotion. Default: propose, 8 looks.'),
  })
  .meta({ id: 'Gate' });
export type Gate = z.infer<typeof Gate>;
