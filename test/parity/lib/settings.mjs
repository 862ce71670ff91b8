// Manager settings and TLS settings of a scenario. A setting whose class the library lacks goes to `warn` and is left out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encoded, nameOf } from './snapshot.mjs';
import { recordingCache } from './stores.mjs';

function proxyOf(q, p) {
  const proxy = new q.QNetworkProxy(
    q.QNetworkProxy.ProxyType[p.type],
    p.host ?? '',
    Number(p.port ?? 0),
    p.user ?? '',
    p.password ?? '',
  );
  for (const [k, v] of p.headers ?? []) proxy.setRawHeader(k, v);
  return proxy;
}

function factoryOf(q, rules, report) {
  const fits = (match, query) =>
    (match?.host === undefined || match.host === query.peerHostName()) &&
    (match?.scheme === undefined || match.scheme === query.protocolTag()) &&
    (match?.path === undefined || match.path === query.url().path()) &&
    (match?.queryType === undefined || match.queryType === nameOf(q.QNetworkProxyQuery.QueryType, query.queryType()));
  class Scripted extends q.QNetworkProxyFactory {
    queryProxy(query) {
      const type = nameOf(q.QNetworkProxyQuery.QueryType, query.queryType());
      report('queryProxy', type, encoded(query.url()), query.peerHostName(), query.protocolTag());
      const rule = rules.find((r) => fits(r.match, query));
      return (rule?.proxies ?? [{ type: 'NoProxy' }]).map((p) => proxyOf(q, p));
    }
  }
  return new Scripted();
}

function policies(q, list, epoch) {
  return list.map((p) => {
    const policy = new q.QHstsPolicy();
    policy.setHost(p.host);
    policy.setExpiry(new Date((epoch + (p.expiresIn ?? 3600)) * 1000));
    policy.setIncludesSubDomains(p.includeSubDomains ?? false);
    return policy;
  });
}

function cacheFor(q, s, { scenario, event }) {
  const cache = s.cache === null ? null : recordingCache(q, (...call) => event('cache', ...call));
  cache?.setCacheDirectory(join(scenario.tmp, `cache-${s.name ?? 'm'}`));
  if (s.maximumCacheSize !== undefined) cache?.setMaximumCacheSize(s.maximumCacheSize);
  return cache;
}

/** name of the setting: [what the library must have for it, how it is set] */
const SETTINGS = {
  redirectPolicy: ['setRedirectPolicy', (m, v, q) => m.setRedirectPolicy(q.QNetworkRequest.RedirectPolicy[v])],
  hsts: ['setStrictTransportSecurityEnabled', (m, v) => m.setStrictTransportSecurityEnabled(v)],
  hstsPolicies: [
    'addStrictTransportSecurityHosts',
    (m, v, q, c) => m.addStrictTransportSecurityHosts(policies(q, v, c.scenario.epoch)),
  ],
  autoDelete: ['setAutoDeleteReplies', (m, v) => m.setAutoDeleteReplies(v)],
  transferTimeout: ['setTransferTimeout', (m, v) => m.setTransferTimeout(v)],
  cache: ['setCache', (m, _v, q, c, s) => m.setCache(cacheFor(q, s, c))],
  proxy: ['setProxy', (m, v, q) => m.setProxy(proxyOf(q, v))],
  proxyFactory: [
    'setProxyFactory',
    (m, v, q, c) => m.setProxyFactory(factoryOf(q, v, (...call) => c.event('proxyFactory', ...call))),
  ],
};

export function applySettings(q, manager, s, context) {
  for (const [name, [method, set]] of Object.entries(SETTINGS)) {
    if (!(name in s)) continue;
    if (typeof manager[method] === 'function') set(manager, s[name], q, context, s);
    else context.warn(`left out: ${name} needs QNetworkAccessManager.${method}()`);
  }
}

const pem = (scenario, name) => readFileSync(join(scenario.certs, `${name}.pem`));
const certificates = (q, scenario, names) => names.flatMap((n) => q.QSslCertificate.fromData(pem(scenario, n)));

/** The trusted certificates of a scenario as the default configuration. False while the library has no QSslConfiguration. */
export function trust(q, scenario) {
  if (q.QSslConfiguration === undefined) return false;
  const configuration = q.QSslConfiguration.defaultConfiguration();
  configuration.setCaCertificates(certificates(q, scenario, scenario.trust ?? ['ca']));
  q.QSslConfiguration.setDefaultConfiguration(configuration);
  return true;
}

/** TLS settings of one request. */
export function configureTls(q, scenario, request, tls, { warn, replyOf }) {
  if (q.QSslConfiguration === undefined) return warn('left out: tls needs QSslConfiguration');
  const c = q.QSslConfiguration.defaultConfiguration();
  if (tls.ca !== undefined) c.setCaCertificates(certificates(q, scenario, tls.ca));
  if (tls.verify !== undefined) c.setPeerVerifyMode(q.QSslSocket.PeerVerifyMode[tls.verify]);
  if (tls.cert !== undefined) {
    c.setLocalCertificate(certificates(q, scenario, [tls.cert])[0]);
    const { Ec, Rsa } = q.QSsl.KeyAlgorithm;
    const key = [Ec, Rsa].map((algorithm) => new q.QSslKey(pem(scenario, `${tls.cert}-key`), algorithm)).find((k) => !k.isNull());
    c.setPrivateKey(key);
  }
  if (tls.protocol !== undefined) c.setProtocol(q.QSsl.SslProtocol[tls.protocol]);
  if (tls.alpn !== undefined) c.setAllowedNextProtocols(tls.alpn);
  if (tls.ciphers !== undefined) c.setCiphers(tls.ciphers);
  if (tls.sessionPersistence !== undefined)
    c.setSslOption(q.QSsl.SslOption.SslOptionDisableSessionPersistence, !tls.sessionPersistence);
  if (tls.ticketFrom !== undefined) c.setSessionTicket(replyOf(tls.ticketFrom).sslConfiguration().sessionTicket());
  request.setSslConfiguration(c);
}
