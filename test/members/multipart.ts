import type { QHttpMultiPart, QHttpPart, QIODevice, QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import type { MemberTests } from './types.ts';

type Q = Parameters<MemberTests[string]>[0];

/** What a manager would send of a multipart, as an overridden createRequest sees it. */
export function sentBy(q: Q, form: QHttpMultiPart): { readonly text: string; readonly contentType: string } {
  class Over extends q.QNetworkReply {
    constructor() {
      super();
      this.setFinished(true);
    }
    override abort(): void {}
  }
  let text = '';
  let contentType = '';
  class Manager extends q.QNetworkAccessManager {
    protected override createRequest(_op: number, request: QNetworkRequest, device: QIODevice | null): QNetworkReply {
      text = device!.readAll().toString();
      contentType = request.rawHeader('Content-Type').toString();
      return new Over();
    }
  }
  new Manager().post('http://127.0.0.1/', form);
  return { text, contentType };
}

/** The same of a multipart with the boundary B that has this part. */
export function bodyText(q: Q, part: QHttpPart): string {
  const form = new q.QHttpMultiPart();
  form.setBoundary('B');
  form.append(part);
  return sentBy(q, form).text;
}
