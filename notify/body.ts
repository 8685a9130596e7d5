import type { Notification } from '../ledger/notifications.ts';
import { errors } from '../schemas/errors.ts';
import type { NotificationEvent, NotifiedFacts } from '../schemas/notifications.ts';
import type { Endpoint } from '../settings/notifications.ts';

/** One that somebody sends to see whether it arrives. */
export interface TestNotification extends Omit<Notification, 'event' | 'model'> {
  readonly event: 'test';
  readonly model: null;
}

/** What is posted: the same at every try of it. */
export function bodyOf(notification: Notification | TestNotification, format: Endpoint['format']): string {
  const { event, at, model, cycle, facts } = notification;
  const text = sentence(notification);
  if (format === 'slack') return JSON.stringify({ text: escaped(text) });
  return JSON.stringify({ type: event, timestamp: at, data: { model, cycle, ...facts, text } });
}

function sentence({ event, model, cycle, facts }: Notification | TestNotification): string {
  if (model === null) return 'A test from Reign: this endpoint is told what happens to models.';
  const told = Object.hasOwn(sentences, event) ? sentences[event as NotificationEvent](facts) : event;
  return [`${model}: ${told}.`, cycle === null ? `See reign history ${model}` : `See reign show ${cycle}`].join(' ');
}

const named = (version: number | undefined) => (version === undefined ? 'a version' : `version ${version}`);
const to = (version: number | undefined) => (version === undefined ? '' : ` to ${named(version)}`);
const by = (name: string | undefined) => (name === undefined ? '' : ` by ${name}`);
const inCode = (code: string | undefined) => (code === undefined ? '' : `: ${code}${meaning(code)}`);
const atStep = (step: string | undefined) => (step === undefined ? '' : ` at ${step}`);
const until = (time: string | undefined) => (time === undefined ? '' : ` until ${time}`);

/** The advice of the catalogue; an error's own message stays in the ledger. */
const meaning = (code: string) =>
  Object.hasOwn(errors, code) ? `. ${errors[code as keyof typeof errors].advice.replace(/\.$/, '')}` : '';

const sentences: Readonly<Record<NotificationEvent, (facts: NotifiedFacts) => string>> = {
  promoted: (facts) => `${named(facts.version)} was promoted${by(facts.by)} and is the champion`,
  rollback: (facts) => `the champion was rolled back to ${named(facts.version)}${by(facts.by)}`,
  override: (facts) => `${named(facts.version)} was promoted against the verdict${by(facts.by)}`,
  invalid: (facts) => `the comparison of ${named(facts.version)} with the champion is invalid`,
  failed: ({ step, code }) => `a cycle failed${atStep(step)}${inCode(code)}`,
  'schedule-missed': ({ asOf }) => `the cycle of ${asOf ?? 'a scheduled time'} did not run`,
  'waits-for-person': (facts) => `a cycle waits${until(facts.until)} for a person to approve or reject the challenger`,
  'deadline-near': (facts) =>
    `a cycle still waits for a person to approve or reject the challenger${until(facts.until)}`,
  'waits-for-fault': ({ step, code }) => `a cycle waits${atStep(step)} until a fault is fixed${inCode(code)}`,
  'rollback-proposed': ({ version, champion }) =>
    `${named(champion)} is shown to be worse than ${named(version)}, which it beat: a person is asked to approve or reject the rollback`,
  'alias-moved': ({ version, champion }) =>
    `the alias champion in MLflow was moved by hand${to(version)}${champion === undefined ? '' : `, and names ${named(champion)} again`}`,
};

/** As Slack's text wants it: a name is no link and calls nobody. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
