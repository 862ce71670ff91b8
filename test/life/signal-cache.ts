import { QNetworkMemoryCache, QNetworkRequest } from '../../src/index.ts';
import type { Row, Scene } from './scene.ts';
import { BODY, DIAL, END, failed, NOTHING_CAME } from './signal-parts.ts';

const { AlwaysCache, PreferCache, PreferNetwork } = QNetworkRequest;

/** As in Qt nothing was downloaded of what was stored. */
const SERVED = ['metaDataChanged', 'readyRead', 'downloadProgress(0, 11)', ...END];

/** The second request for it. */
const again =
  (path: string, load: QNetworkRequest.CacheLoadControl = PreferNetwork, method: 'get' | 'head' = 'get') =>
  async (scene: Scene) => {
    scene.manager.setCache(new QNetworkMemoryCache());
    await scene.over(scene.manager.get(scene.at(path)));
    await scene.whole(scene.manager[method](scene.at(path), { attributes: { CacheLoadControlAttribute: load } }));
  };

/** The first request for it. */
const first = (load: QNetworkRequest.CacheLoadControl) => (scene: Scene) => {
  scene.manager.setCache(new QNetworkMemoryCache());
  return scene.whole(scene.manager.get(scene.at('/kept'), { attributes: { CacheLoadControlAttribute: load } }));
};

/** Rows 16 to 18: what is heard of an answer out of the cache. */
export const CACHED: readonly Row[] = [
  { of: '16', title: 'out of the cache, PreferNetwork', play: again('/kept'), order: SERVED },
  { of: '16', title: 'out of the cache, PreferCache', play: again('/kept', PreferCache), order: SERVED },
  {
    of: '16',
    title: 'HEAD out of the cache',
    play: again('/kept', PreferNetwork, 'head'),
    order: ['metaDataChanged', 'downloadProgress(0, 11)', ...END],
  },
  {
    of: '16',
    title: 'an error out of the cache',
    play: again('/kept-404'),
    order: ['metaDataChanged', 'readyRead', ...failed(203), 'downloadProgress(0, 4)', ...END],
  },
  {
    of: '16',
    title: 'a redirect and where it leads, out of the cache',
    play: again('/kept-found'),
    order: ['metaDataChanged', 'redirected(/kept)', ...SERVED],
  },
  {
    of: '16',
    title: 'what the server was asked about and still holds',
    play: again('/asked'),
    order: ['requestSent', ...SERVED],
  },
  {
    of: '16',
    title: 'what the server was asked about and is new',
    play: again('/renewed'),
    order: [...BODY, 'downloadProgress(11, 11)', ...END],
  },
  { of: '17', title: 'out of the cache, AlwaysCache', play: again('/kept', AlwaysCache), order: SERVED },
  {
    of: '18',
    title: 'AlwaysCache, and nothing is there',
    play: first(AlwaysCache),
    order: [...failed(203), ...NOTHING_CAME],
  },
  {
    of: '18',
    title: 'not AlwaysCache, and nothing is there',
    play: first(PreferCache),
    order: [DIAL, ...BODY, 'downloadProgress(11, 11)', ...END],
  },
];
