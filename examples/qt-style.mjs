// As in PyQt or PySide: a class with slots, connected to signals. Nothing waits, nothing is returned.
import { QNetworkAccessManager, QNetworkReply, QNetworkRequest, QObject, QUrl } from 'qnetwork';
import { startOrigin } from './demo/origin.mjs';

class Reader extends QObject {
  constructor(origin) {
    super();
    this.origin = origin;
    this.open = 0;
    this.manager = new QNetworkAccessManager(this);
    this.manager.finished.connect(this, this.replyFinished);
  }

  read(path) {
    const request = new QNetworkRequest(new QUrl(this.origin.url + path));
    request.setRawHeader('Accept-Language', 'en');
    this.manager.get(request);
    this.open++;
  }

  replyFinished(reply) {
    const path = reply.url().path();
    if (reply.error() === QNetworkReply.NetworkError.NoError) {
      const type = reply.header(QNetworkRequest.KnownHeaders.ContentTypeHeader);
      console.log(`${path}: ${reply.readAll().length} bytes of ${type}`);
    } else {
      console.log(`${path}: ${reply.errorString()}`);
    }
    reply.deleteLater();
    this.open--;
    if (this.open === 0) this.origin.close();
  }
}

const reader = new Reader(await startOrigin());
reader.read('/');
reader.read('/news.json');
reader.read('/missing');
