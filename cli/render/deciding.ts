import { metricEntry } from '../../schemas/metrics.ts';
import type { DecidingDifference, DifferenceMark } from '../../schemas/report.ts';
import { differencePicture, type Mark } from './differencePicture.ts';
import { type Paint, plain } from './style.ts';

/** The primary metric's difference on a line with zero and what it is held against. */
export function renderDeciding(
  { metric, against, interval, marks }: DecidingDifference,
  paint: Paint = plain,
  width = 100,
): string {
  const whom = against === 'champion' ? 'champion' : 'trivial predictor';
  const title = `${metricEntry(metric).title} against the ${whom}: better is to the right`;
  return `${paint('bold', title)}\n${differencePicture(interval, marks.map(signed), { paint, width })}`;
}

const signs: Record<DifferenceMark['meaning'], Omit<Mark, 'value'>> = {
  margin: { sign: 'M', meaning: 'margin' },
  minimumGain: { sign: 'G', meaning: 'minimum gain' },
  worthHaving: { sign: 'W', meaning: 'worth having' },
  detectable: { sign: 'D', meaning: 'detectable on these rows' },
};

const signed = ({ meaning, value }: DifferenceMark): Mark => ({ ...signs[meaning], value });
