// A request step as a QNetworkRequest.

// Names of values of the attributes that are themselves enums.
const CONTROLS = {
  CacheLoadControlAttribute: 'CacheLoadControl',
  CookieLoadControlAttribute: 'LoadControl',
  CookieSaveControlAttribute: 'LoadControl',
  AuthenticationReuseAttribute: 'LoadControl',
  RedirectPolicyAttribute: 'RedirectPolicy',
};
const DATES = new Set(['LastModifiedHeader', 'IfModifiedSinceHeader']);

function knownValue(q, name, value) {
  if (DATES.has(name)) return new Date(value * 1000);
  if (name === 'LocationHeader') return new q.QUrl(value);
  return value;
}

/** Known headers first, raw ones after, both in the order given. What the library refuses goes to `warn` and is left out. */
export function setHeaders(q, target, { known, headers }, warn) {
  const attempt = (f) => {
    try {
      f();
    } catch (e) {
      warn(`${e.name}: ${e.message}`);
    }
  };
  for (const [name, value] of Object.entries(known ?? {}))
    attempt(() => target.setHeader(q.QNetworkRequest.KnownHeaders[name], knownValue(q, name, value)));
  for (const [name, value] of headers ?? []) attempt(() => target.setRawHeader(name, value));
}

export function requestOf(q, s, { warn, configure }) {
  const Q = q.QNetworkRequest;
  const request = new Q(new q.QUrl(s.url));
  setHeaders(q, request, s, warn);
  for (const [name, value] of Object.entries(s.attributes ?? {})) {
    const control = CONTROLS[name];
    request.setAttribute(Q.Attribute[name], control !== undefined && typeof value === 'string' ? Q[control][value] : value);
  }
  if (s.redirectPolicy !== undefined)
    request.setAttribute(Q.Attribute.RedirectPolicyAttribute, Q.RedirectPolicy[s.redirectPolicy]);
  if (s.priority !== undefined) request.setPriority(Q.Priority[s.priority]);
  if (s.maxRedirects !== undefined) request.setMaximumRedirectsAllowed(s.maxRedirects);
  if (s.transferTimeout !== undefined) request.setTransferTimeout(s.transferTimeout);
  if (s.peerVerifyName !== undefined) request.setPeerVerifyName(s.peerVerifyName);
  if (s.safetyThreshold !== undefined) request.setDecompressedSafetyCheckThreshold(s.safetyThreshold);
  if (s.tls !== undefined) configure(request, s.tls);
  return request;
}

const OWN_CALLS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);

/** Makes the call that a program would make for this verb and body. `body` is undefined when the step has none. */
export function call(manager, s, request, body) {
  const verb = s.verb ?? 'GET';
  const bodyless = verb === 'GET' || verb === 'DELETE';
  const how = s.call ?? (OWN_CALLS.has(verb) && !(bodyless && body !== undefined) ? verb : 'custom');
  switch (how) {
    case 'GET':
      return manager.get(request);
    case 'HEAD':
      return manager.head(request);
    case 'POST':
      return manager.post(request, body ?? null);
    case 'PUT':
      return manager.put(request, body ?? null);
    case 'DELETE':
      return manager.deleteResource(request);
    default:
      return body === undefined ? manager.sendCustomRequest(request, verb) : manager.sendCustomRequest(request, verb, body);
  }
}
