import type { QNetworkProxy, QNetworkProxyQuery } from '../../../index.ts';
import { EXIT_OK, EXIT_PROXY } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import type { Action, Task } from './task.ts';

export const actions: Readonly<Record<string, Action>> = { explain };

async function explain(task: Task): Promise<number> {
  const { QNetworkProxyFactory, QNetworkProxyQuery, QUrl } = await import('../../../index.ts');
  const queries = task.words.map((word): readonly [url: string, query: QNetworkProxyQuery] => {
    const url = new QUrl(word.includes('://') ? word : `http://${word}`);
    if (!url.isValid() || url.host() === '') throw new UsageError(`'${withoutSecrets(word)}' is no URL with a host`);
    url.setUserInfo('');
    return [url.toString(), new QNetworkProxyQuery(url)];
  });
  let exit = EXIT_OK;
  for (const [url, query] of queries) {
    const { proxies, steps, problem } = await QNetworkProxyFactory.explainSystemProxies(query, task.has('detect'));
    if (problem !== '') exit = EXIT_PROXY;
    const ways = proxies.map(textOf);
    if (task.has('json')) task.out.json({ url, proxies: ways, steps, problem: problem === '' ? null : problem });
    else {
      const outcome = problem === '' ? (['proxy', ways.join(', then ')] as const) : (['problem', problem] as const);
      task.out.record(url, [outcome, ...steps.map((step, i) => [i === 0 ? 'because' : '', step] as const)]);
    }
  }
  return exit;
}

/** Without user name and password. */
function textOf(proxy: QNetworkProxy): string {
  const text = proxy.toJSON();
  return text === 'NoProxy' ? 'directly' : text;
}

function withoutSecrets(word: string): string {
  return word.replace(/^.*@/s, '…@');
}
