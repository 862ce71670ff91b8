import type { Url } from '../../base/url.ts';
import { type Environment, environmentProxy } from '../../rules/proxy/environment.ts';
import type { ProxyDecision } from './decision.ts';
import { type Desktop, desktopOf } from './desktop.ts';

/** Who answers for a desktop. */
interface DesktopAnswers {
  decide(url: Url): ProxyDecision | Promise<ProxyDecision>;
}

/** Where it is looked. */
export interface SystemSeams {
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
  /** Loaded when the environment says nothing and there is a desktop. */
  desktop(which: Desktop): Promise<DesktopAnswers>;
}

/**
 * What this machine says about proxies: the environment when one of its variables is about the URL (the rules are those of
 * `environment.ts`, the grammar of `no_proxy` is in `bypass.ts`), else the settings of the desktop, else nothing.
 */
export class SystemProxies {
  private readonly seams: SystemSeams;
  private answers: DesktopAnswers | null = null;
  private loading: Promise<DesktopAnswers> | null = null;

  constructor(seams: SystemSeams) {
    this.seams = seams;
  }

  /** At once where nobody has to be asked. */
  decide(url: Url): ProxyDecision | Promise<ProxyDecision> {
    const { platform, env } = this.seams;
    const { kind, proxy, because } = environmentProxy(url, env, platform === 'win32');
    const said = `the environment: ${because}`;
    if (kind === 'unreadable') return { ways: [], steps: [said], problem: `the environment variable ${because}` };
    if (kind !== 'silent') return { ways: [proxy], steps: [said], problem: '' };
    const which = desktopOf(platform, env);
    if (which === null) return { ways: [null], steps: [said, 'no settings of a desktop'], problem: '' };
    const found = this.answers?.decide(url) ?? this.load(which).then((answers) => answers.decide(url));
    const after = (decision: ProxyDecision): ProxyDecision => ({ ...decision, steps: [said, ...decision.steps] });
    return 'then' in found ? found.then(after) : after(found);
  }

  private load(which: Desktop): Promise<DesktopAnswers> {
    this.loading ??= this.seams.desktop(which).then((answers) => {
      this.answers = answers;
      return answers;
    });
    return this.loading;
  }
}
