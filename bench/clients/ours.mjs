// qnetwork through the same door as the shared benchmark's, so that both measure the same work.
import { benchAdapter } from '../../test/adapters/bench.mjs';
import { allAtOnce } from '../lib/data.mjs';

const { version, setup, get, download, upload, close } = benchAdapter;

export default {
  version,
  load: `import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)})`,
  open: setup,
  get,
  many: (url, n) => allAtOnce(get, url, n),
  download,
  upload,
  close,
};
