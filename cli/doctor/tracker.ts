import { shownUrl } from '../shownUrl.ts';
import { type Finding, healthy, sick } from './finding.ts';

export async function examineTracker(uri: string): Promise<Finding> {
  const advice = 'Start the stack with `npm run -s reign -- dev`, or check MLFLOW_TRACKING_URI.';
  const shown = shownUrl(uri);
  try {
    const answer = await fetch(...versionRequest(uri));
    const text = (await answer.text()).trim();
    if (!answer.ok) return sick('MLflow', `${shown} answers ${answer.status}`, advice);
    if (!/^\d+\.\d+/.test(text)) return sick('MLflow', `${shown} is no MLflow server`, advice);
    return healthy('MLflow', `${shown}, version ${text.slice(0, 20)}`);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return sick('MLflow', `${shown} does not answer: ${reason}`, advice);
  }
}

/** `fetch` takes no password in a URL, and would quote it. */
function versionRequest(uri: string): [URL, RequestInit] {
  const url = new URL(`${uri}/version`);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const signal = AbortSignal.timeout(5000);
  if (username === '' && password === '') return [url, { signal }];
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return [url, { signal, headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } }];
}
