// qnetwork as in ours.mjs, while the inspector looks at it and nobody at its page.
import { startInspector } from '../../dist/inspector.js';
import ours from './ours.mjs';

export default {
  ...ours,
  async open(settings) {
    let started;
    await ours.open({
      ...settings,
      prepare(manager) {
        started = startInspector(manager);
      },
    });
    await started;
  },
};
