// A client for a palette of colors that many people share: login with a token, lists in pages, and changes.
//
//     node examples/rest-client.mjs [URL EMAIL PASSWORD]
//
// Without arguments it starts the service itself.
import { QNetworkAccessManager, QNetworkRequestFactory, QObject, QRestAccessManager, QRestReply, Signal } from 'qnetwork';
import { startPalette } from './servers/palette.mjs';

/** What the service said no to. */
class ServiceError extends Error {
  constructor(status, message) {
    super(`${status}: ${message}`);
    this.status = status;
  }
}

/** The address, the manager and the token that all parts of the client share. */
class RestService extends QObject {
  constructor(url, parent = null) {
    super(parent);
    this.api = new QNetworkRequestFactory(`${url}/api`);
    this.api.setCommonHeaders({ Accept: 'application/json' });
    this.api.setTransferTimeout(10_000);
    this.rest = new QRestAccessManager(new QNetworkAccessManager(this), this);
  }

  /** What the service answered. A status is its word on our request; an error is what the network did to it. */
  async answer(networkReply) {
    const reply = new QRestReply(await networkReply.whenFinished());
    if (reply.hasError()) networkReply.throwIfError();
    const value = reply.readJson()?.toVariant() ?? null;
    if (!reply.isSuccess()) throw new ServiceError(reply.httpStatus(), value?.error ?? 'no reason given');
    return value;
  }
}

/** Who we are to the service. With callbacks and signals, as in Qt. */
class BasicLogin extends QObject {
  user = '';
  userChanged = new Signal(this);

  constructor(service) {
    super(service);
    this.service = service;
  }

  login(email, password) {
    const { rest, api } = this.service;
    rest.post(api.createRequest('login'), { email, password }, this, this.loggedIn);
  }

  logout() {
    const { rest, api } = this.service;
    rest.post(api.createRequest('logout'), null, this, this.loggedOut);
  }

  loggedIn(reply) {
    const json = reply.readJson()?.toVariant();
    if (!reply.isSuccess()) {
      const reason = reply.hasError() ? reply.errorString() : `${reply.httpStatus()}: ${json?.error}`;
      return this.userChanged.emit('', reason);
    }
    this.service.api.setBearerToken(json.token);
    this.user = json.email;
    this.userChanged.emit(this.user, '');
  }

  loggedOut(reply) {
    if (!reply.isSuccess()) return;
    this.service.api.clearBearerToken();
    this.user = '';
    this.userChanged.emit('', '');
  }
}

/** A list that the service hands out in pages. With promises, as in Node. */
class PaginatedResource {
  constructor(service, path) {
    this.service = service;
    this.path = path;
  }

  page(number) {
    const { rest, api } = this.service;
    return this.service.answer(rest.get(api.createRequest(this.path, { page: number })));
  }

  async *[Symbol.asyncIterator]() {
    for (let number = 1, pages = 1; number <= pages; number++) {
      const { data, total_pages } = await this.page(number);
      pages = total_pages;
      yield* data;
    }
  }

  add(item) {
    const { rest, api } = this.service;
    return this.service.answer(rest.post(api.createRequest(this.path), item));
  }

  replace(id, item) {
    const { rest, api } = this.service;
    return this.service.answer(rest.put(api.createRequest(`${this.path}/${id}`), item));
  }

  change(id, some) {
    const { rest, api } = this.service;
    return this.service.answer(rest.patch(api.createRequest(`${this.path}/${id}`), some));
  }

  remove(id) {
    const { rest, api } = this.service;
    return this.service.answer(rest.deleteResource(api.createRequest(`${this.path}/${id}`)));
  }
}

/** Something that will not work out; what is said about it is printed. */
async function refused(what, promise) {
  await promise.then(
    () => console.log(`${what}: unexpectedly went well`),
    (error) => console.log(`${what}: ${error.message}`),
  );
}

const server = process.argv.length > 2 ? null : await startPalette();
const [url, email, password] = server === null ? process.argv.slice(2) : [server.url, 'ada@example.org', 'engine'];

const service = new RestService(url);
const login = new BasicLogin(service);
login.userChanged.connect((user, problem) => console.log(problem || (user ? `${user} is logged in` : 'logged out')));
const colors = new PaginatedResource(service, 'colors');
const list = async () => {
  const names = [];
  for await (const { name } of colors) names.push(name);
  console.log(`${names.length} colors: ${names.join(', ')}`);
};

await list();
await refused('not logged in', colors.add({ name: 'sand dollar', color: '#decdbe' }));
login.login(email, 'guess');
await login.userChanged.next();
login.login(email, password);
await login.userChanged.next();

const color = await colors.add({ name: 'sand dollar', color: '#decdbe' });
console.log(`added ${JSON.stringify(color)}`);
console.log(`replaced by ${JSON.stringify(await colors.replace(color.id, { name: 'chili pepper', color: '#9b1b30' }))}`);
console.log(`changed to ${JSON.stringify(await colors.change(color.id, { name: 'pepper' }))}`);
await list();
await refused('no color', colors.change(color.id, { color: 'greenish' }));
await colors.remove(color.id);
await refused('removed twice', colors.remove(color.id));
await list();

login.logout();
await login.userChanged.next();
await server?.close();
if (server !== null) await refused('nobody there', colors.page(1));
