// qnetwork as in ours.mjs, while the stories of its requests are kept.
import ours from './ours.mjs';

export default { ...ours, open: (settings) => ours.open({ ...settings, prepare: (manager) => manager.setStoriesEnabled(true) }) };
