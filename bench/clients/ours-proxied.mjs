// qnetwork as in ours.mjs, through the proxy that BENCH_PROXY names.
import ours from './ours.mjs';

export default { ...ours, open: (settings) => ours.open({ ...settings, proxy: process.env.BENCH_PROXY }) };
