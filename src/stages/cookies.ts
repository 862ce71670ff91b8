import { speaksHttp } from '../base/local-scheme.ts';
import type { CookieKeeper } from '../contract/cookie.ts';
import type { Stage } from '../contract/stage.ts';

/**
 * Sends the cookies that belong to a hop, and hands over those of its answer, whatever its status: redirects and errors set cookies as
 * well (RFC 6265bis 3 and 5.6). The hop's own copy of the fields is changed, so that nothing goes along to where a redirect leads.
 */
export function cookies(keeper: CookieKeeper): Stage {
  return {
    name: 'cookies',
    outward(hop, journey) {
      const { wishes } = journey.ask;
      if (keeper.idle || !wishes.sendCookies || !speaksHttp(hop.url.scheme)) return 'go';
      const text = keeper.header(hop.url, hop.method, wishes);
      if (text === '') return 'go';
      if (hop.headers.has('Cookie')) keeper.replaces(hop.url);
      hop.headers = hop.headers.copy();
      hop.headers.set('Cookie', text);
      return 'go';
    },
    inward(hop, head, journey) {
      const { wishes } = journey.ask;
      if (hop.stored || !head.headers.has('Set-Cookie') || !wishes.saveCookies || !speaksHttp(hop.url.scheme)) return 'go';
      keeper.receive(head.headers.all('Set-Cookie'), hop.url, hop.method, wishes);
      return 'go';
    },
  };
}
