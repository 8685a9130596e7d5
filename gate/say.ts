import type { Message, MessageValue, NamedMetric, Quantity, Ranged, Several, Unit } from '../schemas/message.ts';
import { type Metric, metricEntry } from '../schemas/metrics.ts';
import { fill, type Places } from '../schemas/template.ts';
import { amount, count, counted, formatInterval, formatMetric, percent, signed } from './numbers.ts';

/** Templates by the ids of messages. */
export type Templates = Readonly<Record<string, string>>;

/** The values for the places of a template; each place needs one. */
export type Values<Template extends string> = Readonly<Record<Places<Template>, MessageValue>>;

/** How a language writes values; its templates hold the rest. */
export interface Language {
  readonly quantity: (quantity: Quantity) => string;
  readonly ranged: (ranged: Ranged) => string;
  readonly metric: (metric: Metric) => string;
  /** What comes after the first few: ` and 4 more`. */
  readonly more: (count: number) => string;
}

/**
 * Says messages of these templates in English.
 *
 * @example
 * const say = speaker({ 'rows.judged': '{rows} judged' });
 * say('rows.judged', { rows: of(7, 'row') }).text // '7 rows judged'
 */
export function speaker<const English extends Templates>(templates: English) {
  return <Id extends keyof English & string>(
    id: Id,
    ...[values]: [Places<English[Id]>] extends [never] ? [] : [values: Values<English[Id]>]
  ): Message => {
    const given: Readonly<Record<string, MessageValue>> = values ?? {};
    const said = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, inEnglish(value)]));
    return { id, values: given, text: fill(templates[id] ?? '', said) };
  };
}

/** A message in another language, from its id and its values alone. */
export function translated({ id, values }: Message, templates: Templates, language: Language): string {
  const say = (value: MessageValue): string =>
    valueText(value, language, (message) => translated(message, templates, language));
  const template = templates[id];
  if (template === undefined) throw new TypeError(`no template for the message ${id}`);
  return fill(template, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, say(value)])));
}

function valueText(value: MessageValue, language: Language, say: (message: Message) => string): string {
  if (typeof value === 'string') return value;
  if ('id' in value) return say(value);
  if ('unit' in value) return language.quantity(value);
  if ('metric' in value) return language.metric(value.metric);
  if ('estimate' in value) return language.ranged(value);
  const { items, between, most = items.length } = value;
  const shown = items.slice(0, most).map((item) => valueText(item, language, say));
  const rest = items.length - shown.length;
  return `${shown.join(between)}${rest === 0 ? '' : language.more(rest)}`;
}

const english: Language = {
  quantity({ value, unit, digits }) {
    if (digits !== undefined) return value.toFixed(digits);
    switch (unit) {
      case 'share':
        return percent(value);
      case 'difference':
        return signed(value);
      case 'amount':
        return amount(value);
      case 'metric':
        return formatMetric(value);
      case 'count':
        return count(value);
      case 'plain':
        return String(value);
      default:
        return counted(value, unit);
    }
  },
  ranged({ estimate, low, high, signed: isSigned, digits = 4 }) {
    if (isSigned) return formatInterval({ estimate, low, high });
    const bounds = low === null || high === null ? '' : ` [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
    return `${estimate.toFixed(digits)}${bounds}`;
  },
  metric: (metric) => metricEntry(metric).title,
  more: (rest) => ` and ${rest} more`,
};

const inEnglish = (value: MessageValue): string => valueText(value, english, ({ text }) => text);

/** A number with its unit. */
export const of = (value: number, unit: Unit): Quantity => ({ value, unit });
export const titleOf = (metric: Metric): NamedMetric => ({ metric });
/** All of them. */
export const listed = (items: readonly MessageValue[], between = ', '): Several => ({ items, between });
/** The first few of many: `a, b, c and 4 more`. */
export const few = (items: readonly MessageValue[], most = 3): Several => ({ items, between: ', ', most });
